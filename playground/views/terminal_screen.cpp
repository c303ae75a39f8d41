#include "playground/views/terminal_screen.h"

#include <algorithm>
#include <cmath>

#include "playground/viewmodel/utf8.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Terminal;
using viewmodel::TerminalLine;
using viewmodel::TerminalRow;
using viewmodel::TerminalRows;

constexpr float kUsualStep = 22, kSmallStep = 19;
constexpr const char* kPromptSign = "$ ";

// The part of a line that a screen of `columns` shows from column `from` on; `skipped` gets the columns before it.
std::string in_sight(const std::string& text, int from, int columns, int& skipped, std::size_t& first) {
  int column = 0;
  std::size_t at = 0;
  while (at < text.size() && column < from) column += viewmodel::columns_of(viewmodel::decode_utf8(text, at));
  first = at;
  skipped = column;
  while (at < text.size() && column < from + columns + 1) column += viewmodel::columns_of(viewmodel::decode_utf8(text, at));
  return text.substr(first, at - first);
}

}  // namespace

TerminalScreen::TerminalScreen(const Pen& pen, const viewmodel::Model& model, ViewState& state, const Rect& rect)
    : pen_(pen), model_(model), state_(state), rect_(rect) {
  TerminalState& terminal = state.terminal;
  const int usual = int(rect.w / std::max(1.0f, pen.width("M", kBody, Face::Mono)));
  measure(terminal.small ? kSmall : kBody, terminal.small ? kSmallStep : kUsualStep);
  terminal.rows.lay_out(model.terminal, columns_);
  const bool small = terminal.rows.widest() > std::max(20, usual);
  if (small != terminal.small) {
    terminal.small = small;
    measure(small ? kSmall : kBody, small ? kSmallStep : kUsualStep);
    terminal.rows.lay_out(model.terminal, columns_);
  }
  const std::size_t all = std::size_t(std::max(2.0f, rect.h / step_));
  takes_lines_ = !model.terminal.busy() || model.terminal.listener() != viewmodel::Listener::Nobody;
  prompt_columns_ = viewmodel::columns_of(model.terminal.prompt());
  if (takes_lines_) prompt_ = viewmodel::row_starts(prompt_text(), columns_, prompt_columns_, false);
  const std::size_t most = std::max<std::size_t>(1, all / 2);
  if (prompt_.size() > most) prompt_.erase(prompt_.begin(), prompt_.end() - std::ptrdiff_t(most));
  screen_ = all - std::min(all - 1, std::max<std::size_t>(1, prompt_.size()));
  rect_.y = rect.bottom() - float(all) * step_;  // whole rows, from the bottom up
  place();
}

void TerminalScreen::measure(float points, float step) {
  points_ = points;
  cell_ = pen_.width("M", points, Face::Mono);
  const float wide = pen_.width("\xed\x95\x9c", points, Face::Regular);  // of a syllable, 한
  wide_points_ = wide > 0 ? points * std::clamp(2 * cell_ / wide * 0.96f, 0.9f, 1.25f) : points;
  step_ = std::round(pen_.theme->size(step));
  columns_ = std::max(20, int(rect_.w / std::max(1.0f, cell_)));
}

// New lines bring the screen back: to the end while a command goes on, to its first line once it has ended.
void TerminalScreen::place() {
  TerminalState& terminal = state_.terminal;
  const Terminal& model = model_.terminal;
  if (terminal.seen_version != model.version()) {
    terminal.seen_version = model.version();
    terminal.placed = true;
    terminal.sideways = 0;
  }
  const bool watching = model.busy() || model.last_status() == 130;  // and what was interrupted stays where it was watched
  if (terminal.placed) terminal.scroll = watching ? 0 : float(terminal.rows.scroll_to_command(screen_));
  terminal.scroll = std::clamp(terminal.scroll, 0.0f, float(terminal.rows.most_scroll(screen_)));
}

Rect TerminalScreen::sign() const {
  if (below() == 0) return {};
  return {rect_.x, rect_.y + float(screen_ - 1) * step_, rect_.w, step_};
}

void TerminalScreen::draw() {
  draw_printed();
  draw_prompt();
}

void TerminalScreen::draw_printed() {
  const TerminalRows& rows = state_.terminal.rows;
  const std::size_t scroll = below(), shown = screen_ - (scroll > 0 ? 1 : 0);
  const std::size_t end = rows.height(screen_) - std::min(rows.height(screen_), scroll);
  float y = rect_.y + float(shown) * step_;
  std::vector<const TerminalRow*> sight;  // from the bottom up
  for (std::size_t i = 0; i < shown && i < end; ++i) sight.push_back(rows.at(end - 1 - i, screen_));
  widest_ = 0;
  for (const TerminalRow* row : sight)
    if (row && model_.terminal.lines()[row->line].kind == TerminalLine::Kind::Output)
      widest_ = std::max(widest_, viewmodel::columns_of(model_.terminal.lines()[row->line].text));
  state_.terminal.sideways = std::clamp(state_.terminal.sideways, 0.0f, hidden_columns());
  for (const TerminalRow* row : sight) {
    y -= step_;
    if (row) this->row(*row, y);
  }
}

void TerminalScreen::row(const TerminalRow& row, float y) {
  using Kind = TerminalLine::Kind;
  const Palette& c = pen_.colors();
  const TerminalLine& line = model_.terminal.lines()[row.line];
  if (line.kind == Kind::Rule) return rule(line.text, y);
  std::string text = line.text.substr(row.from, row.to - row.from);
  const bool stale = state_.terminal.rows.stale(row), begins = line.kind == Kind::Prompt && row.from == 0;
  float x = rect_.x + (begins ? float(TerminalRows::kPromptColumns) * cell_ : 0);
  long at = row.at;
  if (line.kind == Kind::Output) {
    int skipped = 0;
    std::size_t first = 0;
    const int sideways = int(state_.terminal.sideways);
    text = in_sight(text, sideways, columns_, skipped, first);
    x += float(skipped - sideways) * cell_;
    at += long(first);
  }
  const auto faded = [&](ImU32 color) { return stale ? blend(color, c.ground, 0.45f) : color; };
  drawn_.push_back({text, x, y, at});
  selection(text, x, y, at);
  if (begins) cells(rect_.x, y, kPromptSign, faded(c.accent));
  cells(x, y, text, faded(line.kind == Kind::Error ? c.bad : stale ? c.soft : c.ink));
}

void TerminalScreen::rule(const std::string& text, float y) {
  const Palette& c = pen_.colors();
  const float mid = y + step_ / 2, width = pen_.width(text, kSmall, Face::Bold), x = rect_.x + 24;
  pen_.line(rect_.x, mid, x - 8, mid, c.soft);
  pen_.text_mid(x, mid, pen_.fitted(text, rect_.w - 32, kSmall, Face::Bold), c.soft, kSmall, Face::Bold);
  if (x + width + 8 < rect_.right()) pen_.line(x + width + 8, mid, rect_.right(), mid, c.soft);
}

void TerminalScreen::draw_prompt() {
  const std::string text = prompt_text();
  float y = rect_.y + float(screen_) * step_;
  if (!takes_lines_) pen_.text_mid(rect_.x, y + step_ / 2, model_.say(viewmodel::Word::terminal_busy), pen_.colors().soft, kSmall);
  for (std::size_t i = 0; i < prompt_.size(); ++i) {
    const std::size_t end = i + 1 < prompt_.size() ? prompt_[i + 1] : text.size();
    const std::string row = text.substr(prompt_[i], end - prompt_[i]);
    const bool first = prompt_[i] == 0;
    const float x = rect_.x + (first ? float(prompt_columns_) * cell_ : 0);
    if (first) cells(rect_.x, y, model_.terminal.prompt(), model_.terminal.busy() ? pen_.colors().ink : pen_.colors().accent);
    typed_.push_back({row, x, y, long(prompt_[i])});
    caret(row, x, y, prompt_[i]);
    cells(x, y, row, pen_.colors().ink);
    y += step_;
  }
}

std::string TerminalScreen::prompt_text() const {
  const viewmodel::LineEditor& editor = model_.terminal.editor();
  return editor.text().substr(0, editor.caret()) + state_.preedit + editor.text().substr(editor.caret());
}

std::size_t TerminalScreen::Drawn::byte_under(float px, float cell) const {
  int column = 0;
  std::size_t i = 0;
  while (i < text.size()) {
    std::size_t next = i;
    const int wide = viewmodel::columns_of(viewmodel::decode_utf8(text, next));
    if (x + (float(column) + float(wide) / 2) * cell > px) break;
    column += wide;
    i = next;
  }
  return i;
}

long TerminalScreen::byte_at(float px, float py) const {
  for (const Drawn& row : drawn_)
    if (py >= row.y && py < row.y + step_) return row.at + long(row.byte_under(px, cell_));
  return -1;
}

long TerminalScreen::caret_at(float px, float py) const {
  if (!state_.preedit.empty()) return -1;
  for (const Drawn& row : typed_)
    if (py >= row.y && py < row.y + step_) return row.at + long(row.byte_under(px, cell_));
  return -1;
}

void TerminalScreen::selection(const std::string& text, float x, float y, long at) {
  const long from = std::min(state_.terminal.select_from, state_.terminal.select_to);
  const long to = std::max(state_.terminal.select_from, state_.terminal.select_to);
  if (from < 0 || to <= at || from >= at + long(text.size())) return;
  const std::size_t a = std::size_t(std::max(0l, from - at)), b = std::size_t(std::min(long(text.size()), to - at));
  pen_.fill({x + cell_ * float(viewmodel::columns_of(text.substr(0, a))), y,
             cell_ * float(viewmodel::columns_of(text.substr(a, b - a))), step_}, pen_.colors().tint, 0);
}

void TerminalScreen::caret(const std::string& row, float x, float y, std::size_t offset) {
  const viewmodel::LineEditor& editor = model_.terminal.editor();
  const Palette& c = pen_.colors();
  const auto column = [&](std::size_t byte) {
    return x + cell_ * float(viewmodel::columns_of(row.substr(0, std::clamp(byte, offset, offset + row.size()) - offset)));
  };
  if (editor.has_selection() && state_.preedit.empty()) {
    const float from = column(editor.selection_from()), to = column(editor.selection_to());
    if (to > from) pen_.fill({from, y, to - from, step_}, with_alpha(c.accent, 0.3f), 0);
  }
  const std::size_t end = editor.caret() + state_.preedit.size();
  if (end < offset || end > offset + row.size()) return;
  const float from = column(editor.caret()), to = column(end);
  if (!state_.preedit.empty()) pen_.fill({from, y + step_ - 3, to - from, 2}, c.accent, 0);
  pen_.fill({to, y + 3, 2, step_ - 6}, takes_keys() ? c.accent : c.line, 0);
  state_.caret = {to, y, step_, takes_keys()};
}

// Latin runs in one go; wide characters each in the middle of their two cells.
void TerminalScreen::cells(float x, float y, const std::string& text, ImU32 color) {
  const float mid = y + step_ / 2;
  std::size_t run = 0;
  int column = 0, run_column = 0;
  const auto flush = [&](std::size_t end) {
    if (end > run) pen_.text_mid(x + cell_ * float(run_column), mid, std::string_view(text).substr(run, end - run), color, points_, Face::Mono);
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const char32_t c = viewmodel::decode_utf8(text, at);
    const int wide = viewmodel::columns_of(c);
    if (c >= 0x80) {
      flush(from);
      pen_.text_center(x + cell_ * (float(column) + float(wide) / 2), mid, std::string_view(text).substr(from, at - from), color,
                       wide == 2 ? wide_points_ : points_ - 1, wide == 2 ? Face::Regular : Face::Mono);
      run = at;
      run_column = column + wide;
    }
    column += wide;
  }
  flush(text.size());
}

}  // namespace orrery::views
