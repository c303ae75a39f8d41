#include "playground/views/terminal_view.h"

#include <algorithm>
#include <cmath>

#include "playground/viewmodel/utf8.h"
#include "playground/views/terminal_keys.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Terminal;
using viewmodel::TerminalLine;
using viewmodel::Word;

constexpr float kSize = 16, kStep = 22;
constexpr const char* kPrompt = "$ ";

// Draws the terminal as rows of cells: a row is a piece of a line no wider than the region.
class Screen {
 public:
  Screen(const Pen& pen, const viewmodel::Model& model, ViewState& state, const Rect& rect)
      : pen_(pen), model_(model), state_(state), rect_(rect) {
    cell_ = pen.width("M", kSize, Face::Mono);
    step_ = std::round(pen.theme->size(kStep));
    columns_ = std::max(20, int(rect.w / std::max(1.0f, cell_)));
    rows_ = std::max(1, int(rect.h / step_));
  }

  // From the bottom up, as many rows as fit; `scroll` rows are left out.
  void draw() {
    const Terminal& terminal = model_.terminal;
    float y = rect_.bottom();
    int skip = int(state_.terminal.scroll);
    if (!terminal.busy()) y = block(prompt_text(), TerminalLine::Kind::Prompt, y, skip, -1);
    const auto& lines = terminal.lines();
    long at = total_bytes();
    for (auto line = lines.rbegin(); line != lines.rend() && y > rect_.y; ++line) {
      at -= long(line->text.size()) + 1;
      y = block(line->text, line->kind, y, skip, at);
    }
  }

  int columns() const { return columns_; }
  int rows() const { return rows_; }
  float cell() const { return cell_; }

  // The byte of all lines' text under a point, -1 when there is none.
  long byte_at(float px, float py) const {
    for (const Drawn& row : drawn_) {
      if (row.at < 0 || py < row.y || py >= row.y + step_) continue;
      int column = 0;
      std::size_t i = 0;
      while (i < row.text.size()) {
        std::size_t next = i;
        const int wide = viewmodel::columns_of(viewmodel::decode_utf8(row.text, next));
        if (rect_.x + (float(column) + float(wide) / 2) * cell_ > px) break;
        column += wide;
        i = next;
      }
      return row.at + long(i);
    }
    return -1;
  }

 private:
  struct Drawn {
    std::string text;
    float y;
    long at;
  };

  long total_bytes() const {
    long bytes = 0;
    for (const TerminalLine& line : model_.terminal.lines()) bytes += long(line.text.size()) + 1;
    return bytes;
  }

  std::string prompt_text() const {
    const viewmodel::LineEditor& editor = model_.terminal.editor();
    return editor.text().substr(0, editor.caret()) + state_.preedit + editor.text().substr(editor.caret());
  }

  std::vector<std::string> rows_of(const std::string& text, int first_column) const {
    std::vector<std::string> rows(1);
    int column = first_column;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t from = at;
      const int wide = viewmodel::columns_of(viewmodel::decode_utf8(text, at));
      if (column + wide > columns_) {
        rows.emplace_back();
        column = 0;
      }
      rows.back() += text.substr(from, at - from);
      column += wide;
    }
    return rows;
  }

  float block(const std::string& text, TerminalLine::Kind kind, float y, int& skip, long at) {
    const bool prompt = kind == TerminalLine::Kind::Prompt;
    const std::vector<std::string> rows = rows_of(text, prompt ? 2 : 0);
    long offset = long(text.size());
    for (int i = int(rows.size()) - 1; i >= 0; --i) {
      offset -= long(rows[std::size_t(i)].size());
      if (skip > 0) {
        --skip;
        continue;
      }
      y -= step_;
      if (y < rect_.y - step_) break;
      const bool first = prompt && i == 0;
      if (first) cells(rect_.x, y, kPrompt, pen_.colors().accent);
      const float x = rect_.x + (first ? 2 * cell_ : 0);
      row(rows[std::size_t(i)], x, y, kind, at < 0 ? -1 : at + offset);
      if (at < 0 && prompt) caret(rows[std::size_t(i)], x, y, std::size_t(offset));
    }
    return y;
  }

  void row(const std::string& text, float x, float y, TerminalLine::Kind kind, long at) {
    const Palette& c = pen_.colors();
    drawn_.push_back({text, y, at});
    if (at >= 0) selection(text, x, y, at);
    cells(x, y, text, kind == TerminalLine::Kind::Error ? c.bad : c.ink);
  }

  void selection(const std::string& text, float x, float y, long at) {
    const long from = std::min(state_.terminal.select_from, state_.terminal.select_to);
    const long to = std::max(state_.terminal.select_from, state_.terminal.select_to);
    if (from < 0 || to <= at || from >= at + long(text.size())) return;
    const std::size_t a = std::size_t(std::max(0l, from - at)), b = std::size_t(std::min(long(text.size()), to - at));
    pen_.fill({x + cell_ * float(viewmodel::columns_of(text.substr(0, a))), y,
               cell_ * float(viewmodel::columns_of(text.substr(a, b - a))), step_}, pen_.colors().tint, 0);
  }

  void caret(const std::string& row, float x, float y, std::size_t offset) {
    const viewmodel::LineEditor& editor = model_.terminal.editor();
    const std::size_t end = editor.caret() + state_.preedit.size();
    if (end < offset || end > offset + row.size()) return;
    const std::size_t begin = std::max(editor.caret(), offset);
    const float from = x + cell_ * float(viewmodel::columns_of(row.substr(0, begin - offset)));
    const float to = x + cell_ * float(viewmodel::columns_of(row.substr(0, end - offset)));
    const Palette& c = pen_.colors();
    if (!state_.preedit.empty()) pen_.fill({from, y + step_ - 3, to - from, 2}, c.accent, 0);
    if (editor.has_selection() && state_.preedit.empty()) {
      const std::size_t a = std::clamp(editor.selection_from(), offset, offset + row.size()) - offset;
      const std::size_t b = std::clamp(editor.selection_to(), offset, offset + row.size()) - offset;
      pen_.fill({x + cell_ * float(viewmodel::columns_of(row.substr(0, a))), y, cell_ * float(viewmodel::columns_of(row.substr(a, b - a))), step_},
                with_alpha(c.accent, 0.3f), 0);
    }
    pen_.fill({to, y + 3, 2, step_ - 6}, state_.terminal.focused ? c.accent : c.line, 0);
    state_.caret = {to, y, step_, state_.terminal.focused};
  }

  // Latin runs in one go; wide characters each in the middle of their two cells.
  void cells(float x, float y, const std::string& text, ImU32 color) {
    const float mid = y + step_ / 2;
    std::size_t run = 0;
    int column = 0, run_column = 0;
    const auto flush = [&](std::size_t end) {
      if (end > run) pen_.text_mid(x + cell_ * float(run_column), mid, std::string_view(text).substr(run, end - run), color, kSize, Face::Mono);
    };
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t from = at;
      const char32_t c = viewmodel::decode_utf8(text, at);
      const int wide = viewmodel::columns_of(c);
      if (c >= 0x80) {
        flush(from);
        pen_.text_center(x + cell_ * (float(column) + float(wide) / 2), mid, std::string_view(text).substr(from, at - from), color, kSize - 1,
                         wide == 2 ? Face::Regular : Face::Mono);
        run = at;
        run_column = column + wide;
      }
      column += wide;
    }
    flush(text.size());
  }

  const Pen& pen_;
  const viewmodel::Model& model_;
  ViewState& state_;
  Rect rect_;
  float cell_ = 8, step_ = 20;
  int columns_ = 80, rows_ = 8;
  std::vector<Drawn> drawn_;
};

std::string selected_text(const Terminal& terminal, const TerminalState& state) {
  const long from = std::min(state.select_from, state.select_to), to = std::max(state.select_from, state.select_to);
  if (from < 0 || from == to) return "";
  std::string all;
  for (const TerminalLine& line : terminal.lines()) all += line.text + "\n";
  return all.substr(std::size_t(from), std::size_t(std::min<long>(to, long(all.size())) - from));
}

void point(const Screen& screen, TerminalState& state) {
  const ImGuiIO& io = ImGui::GetIO();
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    const bool inside = ImGui::IsWindowHovered();
    state.focused = inside || (state.focused && !ImGui::GetIO().WantTextInput);
    if (inside) {
      state.selecting = true;
      state.select_from = state.select_to = screen.byte_at(io.MousePos.x, io.MousePos.y);
    }
  }
  if (!state.selecting) return;
  const long to = screen.byte_at(io.MousePos.x, io.MousePos.y);
  if (to >= 0) state.select_to = to;
  if (!ImGui::IsMouseDown(ImGuiMouseButton_Left)) state.selecting = false;
}

void scroll(const viewmodel::Model& model, const Screen& screen, TerminalState& state) {
  const float most = std::max(0.0f, float(model.terminal.lines().size()) + 1 - float(screen.rows()));
  if (ImGui::IsWindowHovered()) state.scroll += ImGui::GetIO().MouseWheel * 3;
  if (state.focused && ImGui::IsKeyPressed(ImGuiKey_PageUp)) state.scroll += float(screen.rows() - 1);
  if (state.focused && ImGui::IsKeyPressed(ImGuiKey_PageDown)) state.scroll -= float(screen.rows() - 1);
  if (state.seen_version != model.terminal.version()) {
    state.seen_version = model.terminal.version();
    state.scroll = 0;
  }
  state.scroll = std::clamp(state.scroll, 0.0f, most);
}

void copy_or_interrupt(const viewmodel::Model& model, TerminalState& state, commands::CommandQueue& queue) {
  if (!ImGui::GetIO().KeyCtrl || !ImGui::IsKeyPressed(ImGuiKey_C, false)) return;
  std::string text = selected_text(model.terminal, state);
  if (text.empty()) text = model.terminal.editor().selected();
  if (text.empty()) queue.push(commands::InterruptLine{});
  else queue.push(commands::CopyText{text});
  state.select_from = state.select_to = -1;
}

// What stands to the right of or above the prompt: a completion, the rescue, how to begin.
std::string hint(const viewmodel::Model& model) {
  const Terminal& terminal = model.terminal;
  if (terminal.busy()) return model.say(Word::terminal_busy);
  const std::string rescue = terminal.rescue();
  if (!rescue.empty()) return model.say(Word::terminal_rescue, {rescue});
  std::string words;
  for (const std::string& word : terminal.candidates()) words += (words.empty() ? "" : "   ") + word;
  if (!words.empty()) return words;
  return terminal.lines().empty() && terminal.editor().text().empty() ? model.say(Word::terminal_hint) : "";
}

}  // namespace

void TerminalView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const Rect& all = state.layout.terminal;
  Pen pen = begin_region(state.theme, "terminal", all);
  pen.fill(all, blend(pen.colors().ground, pen.colors().raised, state.theme.dark ? 0.4f : 1.0f), 0);
  const std::string note = hint(model);
  const float foot = 24;
  const Rect text = {all.x + kPadding, all.y + 12, all.w - 2 * kPadding, all.h - 20 - foot};
  Screen screen(pen, model, state, text);
  pen.list->PushClipRect(ImVec2(text.x - 4, text.y), ImVec2(text.right() + 4, text.bottom() + 4), true);
  screen.draw();
  pen.list->PopClipRect();
  if (!note.empty()) pen.text_mid(text.x, all.bottom() - foot / 2 - 4, pen.fitted(note, text.w, kSmall), pen.colors().soft, kSmall);
  point(screen, state.terminal);
  scroll(model, screen, state.terminal);
  if (state.terminal.focused && !ImGui::GetIO().WantTextInput) {
    copy_or_interrupt(model, state.terminal, queue);
    if (read_terminal_keys(model.terminal, queue)) state.terminal.scroll = 0;
  }
  end_region();
}

}  // namespace orrery::views
