#include "playground/views/terminal_view.h"

#include <algorithm>
#include <cmath>

#include "playground/views/terminal_keys.h"
#include "playground/views/terminal_screen.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Terminal;
using viewmodel::TerminalLine;
using viewmodel::Word;
using Drag = TerminalState::Drag;

constexpr float kFootRow = 20, kBelow = 12, kAbove = 12, kEdgeHeight = 9, kBarWidth = 8, kThumbLeast = 24;
constexpr float kHeightStep = 48;   // of a key
constexpr float kWheelRows = 3, kWheelColumns = 8;

// What stands below the prompt: completions, the rescue, what is missing, how to begin.
struct Foot {
  std::vector<std::string> lines;
  bool urgent = false;
  bool words = false;       // completions; with several pages, the last line says which this is
  std::size_t pages = 1;
  std::string offered;      // the completions in sight, a space between them
};

// As many completions as `rows` rows hold; the last row says that Tab shows the next ones where that is not all.
Foot offered(const viewmodel::Model& model, const Pen& pen, float width, std::size_t rows) {
  const std::vector<std::string>& words = model.terminal.candidates();
  float widest = 0;
  for (const std::string& word : words) widest = std::max(widest, pen.width(word, kSmall, Face::Mono));
  const float cell = std::max(1.0f, pen.width(" ", kSmall, Face::Mono));
  const std::size_t letters = std::size_t(widest / cell) + 3, columns = std::max<std::size_t>(1, std::size_t(width / cell) / letters);
  const bool all = words.size() <= columns * rows;
  const std::size_t on_page = columns * (all ? rows : std::max<std::size_t>(1, rows - 1));
  const std::size_t pages = (words.size() + on_page - 1) / on_page, page = std::size_t(model.terminal.candidate_page()) % pages;
  Foot foot;
  foot.words = true;
  foot.pages = pages;
  std::vector<std::string>& lines = foot.lines;
  for (std::size_t i = page * on_page; i < std::min(words.size(), (page + 1) * on_page); ++i) {
    foot.offered += (foot.offered.empty() ? "" : " ") + words[i];
    if ((i - page * on_page) % columns == 0) lines.emplace_back();
    const std::size_t used = lines.back().size() % letters;
    if (used != 0) lines.back() += std::string(letters - used, ' ');
    lines.back() += words[i];
  }
  if (pages > 1) lines.push_back(model.say(Word::terminal_page, {std::to_string(page + 1), std::to_string(pages)}));
  return foot;
}

Foot foot_of(const viewmodel::Model& model, const Pen& pen, const Rect& all) {
  const Terminal& terminal = model.terminal;
  if (terminal.busy()) return {};  // the prompt's row says so
  if (!terminal.unfilled().empty()) {
    std::string words;
    for (const std::string& word : terminal.unfilled()) words += (words.empty() ? "" : ", ") + word;
    return {{model.say(Word::terminal_unfilled, {words})}, true};
  }
  const std::string rescue = terminal.rescue();
  if (!rescue.empty()) return {{model.say(Word::terminal_rescue, {rescue})}};
  const float most = std::max(2.0f, all.h * 0.55f / kFootRow);
  if (!terminal.candidates().empty()) return offered(model, pen, all.w - 2 * kPadding, std::size_t(most));
  if (terminal.lines().empty() && terminal.editor().text().empty()) return {{model.say(Word::terminal_hint)}};
  return {};
}

void draw_foot(const Pen& pen, const Foot& foot, const Rect& rect) {
  float y = rect.bottom() - kBelow - kFootRow * float(foot.lines.size()) + kFootRow / 2;
  for (const std::string& line : foot.lines) {
    const bool words = foot.words && !(foot.pages > 1 && &line == &foot.lines.back());
    const Face face = words ? Face::Mono : foot.urgent ? Face::Bold : Face::Regular;
    pen.text_mid(rect.x, y, pen.fitted(line, rect.w, kSmall, face), foot.urgent ? pen.colors().accent : pen.colors().soft, kSmall, face);
    y += kFootRow;
  }
}

std::string selected_text(const Terminal& terminal, const TerminalState& state) {
  const long from = std::min(state.select_from, state.select_to), to = std::max(state.select_from, state.select_to);
  if (from < 0 || from == to) return "";
  std::string all;
  for (const TerminalLine& line : terminal.lines()) all += line.text + "\n";
  return all.substr(std::size_t(from), std::size_t(std::min<long>(to, long(all.size())) - from));
}

void select(const TerminalScreen& screen, TerminalState& state, commands::CommandQueue& queue) {
  const ImGuiIO& io = ImGui::GetIO();
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    const bool inside = ImGui::IsWindowHovered();
    const long caret = inside && !ImGui::IsAnyItemHovered() ? screen.caret_at(io.MousePos.x, io.MousePos.y) : -1;
    if (caret >= 0) queue.push(commands::EditLine{commands::Edit::Place, "", std::size_t(caret), io.KeyShift});
    if (inside && state.drag == Drag::None && !ImGui::IsAnyItemHovered()) {
      state.drag = Drag::Text;
      state.select_from = state.select_to = screen.byte_at(io.MousePos.x, io.MousePos.y);
    }
  }
  if (state.drag != Drag::Text) return;
  const long to = screen.byte_at(io.MousePos.x, io.MousePos.y);
  if (to >= 0) state.select_to = to;
  if (!ImGui::IsMouseDown(ImGuiMouseButton_Left)) state.drag = Drag::None;
}

// A thumb in its groove. `share` of the whole is in sight, `from` (0 to 1) of what is not lies before it; returns the new `from`.
float thumb_bar(const Pen& pen, TerminalState& state, Drag which, const Rect& groove, float share, float from) {
  const bool upright = which == Drag::Bar;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const float length = upright ? groove.h : groove.w, begin = upright ? groove.y : groove.x, pointer = upright ? mouse.y : mouse.x;
  const float thumb = std::min(length, std::max(kThumbLeast, length * share)), way = std::max(1.0f, length - thumb);
  const auto rect = [&] { return upright ? Rect{groove.x, begin + way * from, groove.w, thumb} : Rect{begin + way * from, groove.y, thumb, groove.h}; };
  bool hovered = false;
  area(pen, upright ? "bar" : "sidebar", groove, hovered);
  if (ImGui::IsItemActivated()) {
    state.drag = which;
    state.grabbed = rect().contains(mouse.x, mouse.y) ? pointer - (upright ? rect().y : rect().x) : thumb / 2;
  }
  if (state.drag == which && !ImGui::IsItemActive()) state.drag = Drag::None;
  if (state.drag == which) from = std::clamp((pointer - state.grabbed - begin) / way, 0.0f, 1.0f);
  const Palette& c = pen.colors();
  pen.fill(groove, with_alpha(c.line, 0.4f), kBarWidth / 2);
  pen.fill(rect(), hovered || state.drag == which ? c.ink : c.soft, kBarWidth / 2);
  return from;
}

void bars(const Pen& pen, const TerminalScreen& screen, TerminalState& state, const Rect& all) {
  const float most = float(state.rows.most_scroll(screen.rows()));
  const Rect printed = screen.printed();
  if (most > 0) {
    const float from = 1 - state.scroll / most;
    const float to = thumb_bar(pen, state, Drag::Bar, {all.right() - 14, printed.y, kBarWidth, printed.h}, float(screen.rows()) / float(state.rows.height(screen.rows())), from);
    if (to != from) {
      state.scroll = std::round((1 - to) * most);
      state.placed = false;
    }
  }
  const float hidden = screen.hidden_columns();
  if (hidden <= 0) return;
  const float share = float(screen.columns()) / (float(screen.columns()) + hidden), from = state.sideways / hidden;
  state.sideways = std::round(hidden * thumb_bar(pen, state, Drag::SideBar, {printed.x, all.bottom() - kBelow + 2, printed.w, kBarWidth - 2}, share, from));
}

void scroll_by(TerminalState& state, float rows) {
  if (rows == 0) return;
  state.scroll = std::max(0.0f, state.scroll + rows);
  state.placed = false;
}

void scroll(const TerminalScreen& screen, TerminalState& state) {
  const ImGuiIO& io = ImGui::GetIO();
  const float page = std::max(1.0f, float(screen.rows()) - 2);
  if (ImGui::IsWindowHovered()) {
    if (!io.KeyShift) scroll_by(state, io.MouseWheel * kWheelRows);
    state.sideways = std::max(0.0f, state.sideways - (io.MouseWheelH + (io.KeyShift ? io.MouseWheel : 0)) * kWheelColumns);
  }
  if (!takes_keys()) return;
  if (ImGui::IsKeyPressed(ImGuiKey_PageUp)) scroll_by(state, page);
  if (ImGui::IsKeyPressed(ImGuiKey_PageDown)) scroll_by(state, -page);
  if (io.KeyAlt && ImGui::IsKeyPressed(ImGuiKey_LeftArrow)) state.sideways = std::max(0.0f, state.sideways - kWheelColumns);
  if (io.KeyAlt && ImGui::IsKeyPressed(ImGuiKey_RightArrow)) state.sideways += kWheelColumns;
}

// Its upper edge is dragged, or moved by keys.
void upper_edge(const Pen& pen, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  TerminalState& terminal = state.terminal;
  const Rect& all = state.layout.terminal;
  const ImGuiIO& io = ImGui::GetIO();
  ImGui::SetCursorScreenPos(ImVec2(all.x, all.y));
  ImGui::InvisibleButton("edge", ImVec2(all.w, kEdgeHeight));
  const bool hovered = ImGui::IsItemHovered(), active = ImGui::IsItemActive();
  if (ImGui::IsItemActivated()) terminal.grabbed = io.MousePos.y - all.y;
  if (active && io.MouseDelta.y != 0) {
    terminal.drag = Drag::Edge;
    terminal.height = terminal_height(state.layout, io.DisplaySize.y, all.bottom() - io.MousePos.y + terminal.grabbed);
  }
  if (!active && terminal.drag == Drag::Edge) {
    queue.push(commands::SetTerminalHeight{terminal.height});
    terminal.height = 0;
    terminal.drag = Drag::None;
  }
  if (hovered && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) queue.push(commands::SetTerminalHeight{});
  const float by = !io.KeyAlt || !takes_keys() ? 0 : ImGui::IsKeyPressed(ImGuiKey_UpArrow) ? kHeightStep : ImGui::IsKeyPressed(ImGuiKey_DownArrow) ? -kHeightStep : 0;
  if (by != 0) queue.push(commands::SetTerminalHeight{terminal_height(state.layout, io.DisplaySize.y, all.h + by)});
  const Palette& c = pen.colors();
  const bool lit = hovered || active;
  pen.fill({all.x, all.y, all.w, 1}, lit ? c.accent : c.line, 0);
  pen.fill({all.cx() - 20, all.y + 4, 40, 3}, lit ? c.accent : c.line, 1.5f);
  if (lit) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeNS);
  if (hovered && !active) tip(pen, model.say(Word::terminal_edge));
}

void more_sign(const Pen& pen, const viewmodel::Model& model, const TerminalScreen& screen, TerminalState& state) {
  const Rect rect = screen.sign();
  if (rect.h <= 0) return;
  const std::string text = model.say(Word::terminal_more, {std::to_string(screen.below())});
  bool hovered = false;
  if (area(pen, "more", {rect.x, rect.y, pen.width(text, kSmall, Face::Bold), rect.h}, hovered)) scroll_by(state, -std::max(1.0f, float(screen.rows()) - 2));
  if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  pen.text_mid(rect.x, rect.cy(), pen.fitted(text, rect.w, kSmall, Face::Bold), pen.colors().accent, kSmall, Face::Bold);
}

void copy_or_interrupt(const viewmodel::Model& model, TerminalState& state, commands::CommandQueue& queue) {
  if (!ImGui::GetIO().KeyCtrl || !ImGui::IsKeyPressed(ImGuiKey_C, false)) return;
  std::string text = selected_text(model.terminal, state);
  if (text.empty()) text = model.terminal.editor().selected();
  if (text.empty()) queue.push(commands::InterruptLine{});
  else queue.push(commands::CopyText{text});
  state.select_from = state.select_to = -1;
}

}  // namespace

void TerminalView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const Rect& all = state.layout.terminal;
  Pen pen = begin_region(state.theme, "terminal", all);
  pen.fill(all, blend(pen.colors().ground, pen.colors().raised, state.theme.dark ? 0.4f : 1.0f), 0);
  const Foot foot = foot_of(model, pen, all);
  state.terminal.offered = foot.offered;
  const Rect text = {all.x + kPadding, all.y + kAbove, all.w - 2 * kPadding, all.h - kAbove - kBelow - kFootRow * float(foot.lines.size())};
  TerminalScreen screen(pen, model, state, text);
  pen.list->PushClipRect(ImVec2(text.x - 4, text.y), ImVec2(text.right() + 4, text.bottom() + 4), true);
  screen.draw();
  more_sign(pen, model, screen, state.terminal);
  pen.list->PopClipRect();
  draw_foot(pen, foot, {text.x, all.y, text.w, all.h});
  upper_edge(pen, model, state, queue);
  bars(pen, screen, state.terminal, all);
  select(screen, state.terminal, queue);
  scroll(screen, state.terminal);
  if (takes_keys()) {
    copy_or_interrupt(model, state.terminal, queue);
    read_terminal_keys(model.terminal, queue);
  }
  end_region();
}

}  // namespace orrery::views
