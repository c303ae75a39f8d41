#include "playground/widgets/prose.h"

#include <algorithm>

#include "playground/viewmodel/utf8.h"
#include "playground/widgets/controls.h"

namespace orrery::widgets {
namespace {

using viewmodel::Block;
using viewmodel::BlockKind;
using viewmodel::BlockState;
using viewmodel::SpanKind;

Rect moved(const Rect& rect, float x, float y) { return {rect.x + x, rect.y + y, rect.w, rect.h}; }

Tone tone_of(BlockState state) {
  switch (state) {
    case BlockState::Right: return Tone::Done;
    case BlockState::Wrong: return Tone::Bad;
    case BlockState::Chosen: return Tone::Good;
    case BlockState::Open:
    case BlockState::None: break;
  }
  return Tone::Idle;
}

ImU32 sign_color(const Pen& pen, BlockState state) {
  switch (state) {
    case BlockState::Right: return pen.colors().good;
    case BlockState::Wrong: return pen.colors().bad;
    case BlockState::Chosen: return pen.colors().accent;
    case BlockState::Open:
    case BlockState::None: break;
  }
  return pen.colors().soft;
}

ImU32 ink_of(const Pen& pen, const Block& block) {
  if (block.kind == BlockKind::Button && block.primary) return pen.colors().on_accent;
  if (block.kind == BlockKind::Feedback || !block.enabled) return pen.colors().soft;
  return pen.colors().ink;
}

}  // namespace

void Prose::refresh(const Pen& pen, const viewmodel::Document& document, float width, const ProseLabels& labels) {
  if (width == width_ && scale_ == pen.theme->scale && laid_out_ == document) return;
  if (laid_out_.id != document.id) from_ = to_ = Point();
  laid_out_ = document;
  width_ = width;
  scale_ = pen.theme->scale;
  layout_ = lay_out(pen, document, width, labels);
  if (to_.run >= int(layout_.runs.size())) from_ = to_ = Point();
}

ProsePress Prose::draw(const Pen& pen, const viewmodel::Document& document, float x, float y, float width, const ProseLabels& labels) {
  refresh(pen, document, width, labels);
  const ProsePress press = blocks(pen, document, x, y, labels);
  select(pen, x, y, width);
  runs(pen, document, x, y);
  ImGui::SetCursorScreenPos(ImVec2(x, y + layout_.height));
  ImGui::Dummy(ImVec2(1, 1));
  return press;
}

ProsePress Prose::blocks(const Pen& pen, const viewmodel::Document& document, float x, float y, const ProseLabels& labels) {
  ProsePress press;
  const Palette& c = pen.colors();
  primary_bottom_ = 0;
  for (const ProseBox& box : layout_.boxes) {
    const Block& block = document.blocks[std::size_t(box.block)];
    const Rect rect = moved(box.rect, x, y);
    const float sign_y = rect.y + (block.kind == BlockKind::Choice ? 8 : 0) + pen.theme->size(kBody) * 0.8f;
    if (&block == primary(document)) primary_bottom_ = rect.bottom();
    bool hovered = false;
    const bool presses = (block.kind == BlockKind::Button || block.kind == BlockKind::Choice) && block.enabled && !block.action.empty();
    if (presses && area(pen, block.id, rect, hovered)) press = {block.id, block.action, "", false};
    if (presses && hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    switch (block.kind) {
      case BlockKind::Code: {
        pen.fill(rect, c.raised);
        const ProsePress inner = code_buttons(pen, block, rect, labels);
        if (!inner.block.empty()) press = inner;
        break;
      }
      case BlockKind::Note:
        pen.fill(rect, c.surface);
        break;
      case BlockKind::Bullet:
        pen.fill({rect.x + 6, sign_y - 2, 5, 5}, c.soft, 2.5f);
        break;
      case BlockKind::Goal:
        pen.sign(rect.x + 10, sign_y, 7, tone_of(block.state), sign_color(pen, block.state));
        break;
      case BlockKind::Choice:
        pen.fill(rect, block.state == BlockState::Chosen ? c.tint : hovered ? blend(c.surface, c.line, 0.5f) : c.surface);
        pen.sign(rect.x + 24, sign_y, 7, tone_of(block.state), sign_color(pen, block.state));
        break;
      case BlockKind::Button:
        if (block.primary) pen.fill(rect, hovered ? blend(c.accent, c.ink, 0.12f) : c.accent);
        else pen.fill(rect, hovered ? blend(c.surface, c.line, 0.5f) : c.surface);
        break;
      case BlockKind::Heading:
      case BlockKind::Paragraph:
      case BlockKind::Feedback:
      case BlockKind::Slot: break;
    }
  }
  return press;
}

const Block* Prose::primary(const viewmodel::Document& document) const {
  for (auto block = document.blocks.rbegin(); block != document.blocks.rend(); ++block)
    if (block->kind == BlockKind::Button && block->primary && block->enabled) return &*block;
  return nullptr;
}

ProsePress Prose::code_buttons(const Pen& pen, const Block& block, const Rect& rect, const ProseLabels& labels) {
  ProsePress press;
  ImGui::PushID(block.id.c_str());
  float right = rect.right() - 8;
  const float y = rect.bottom() - 40;
  if (!block.action.empty()) {
    const std::string& label = block.action == "type" ? labels.type : labels.run;
    const float width = button_width(pen, label, kSmall);
    if (button(pen, {"run", {right - width, y, width, 32}, label, ButtonLook::Primary, block.enabled, false, kSmall, ""}))
      press = {block.id, block.action, block.text, false};
    right -= width + 4;
  }
  const Rect hover_area = rect;
  const bool near = hover_area.contains(ImGui::GetIO().MousePos.x, ImGui::GetIO().MousePos.y);
  const Rect copy = {right - 32, y, 32, 32};
  if (near) {
    if (button(pen, {"copy", copy, "", ButtonLook::Quiet, true, false, kSmall, labels.copy})) press = {block.id, block.action, block.text, true};
    pen.outline({copy.cx() - 6, copy.cy() - 7, 9, 11}, pen.colors().ink, 1.5f, 2);  // two sheets
    pen.fill({copy.cx() - 3, copy.cy() - 4, 9, 11}, pen.colors().surface, 2);
    pen.outline({copy.cx() - 3, copy.cy() - 4, 9, 11}, pen.colors().ink, 1.5f, 2);
  }
  ImGui::PopID();
  return press;
}

void Prose::runs(const Pen& pen, const viewmodel::Document& document, float x, float y) {
  hovered_term_.clear();
  const Point first = std::min(from_, to_), last = std::max(from_, to_);
  const float top = ImGui::GetWindowPos().y, bottom = top + ImGui::GetWindowHeight();
  for (int i = 0; i < int(layout_.runs.size()); ++i) {
    const ProseRun& run = layout_.runs[std::size_t(i)];
    if (y + run.bottom < top || y + run.top > bottom) continue;
    if (first.run >= 0 && i >= first.run && i <= last.run) {
      const int a = i == first.run ? first.byte : 0;
      const int b = i == last.run ? last.byte : int(run.text.size());
      const float x0 = pen.width(std::string_view(run.text).substr(0, std::size_t(a)), run.points, run.face);
      const float x1 = pen.width(std::string_view(run.text).substr(0, std::size_t(b)), run.points, run.face);
      pen.fill({x + run.x + x0, y + run.top, x1 - x0, run.bottom - run.top}, pen.colors().tint, 0);
    }
    const Block& block = document.blocks[std::size_t(run.block)];
    if (run.kind == SpanKind::Code) {
      std::string bare = run.text;
      while (!bare.empty() && bare.back() == ' ') bare.pop_back();
      const float w = pen.width(bare, run.points, run.face);
      pen.fill({x + run.x - 3, y + run.baseline - pen.theme->size(15), w + 6, pen.theme->size(21)},
               block.kind == BlockKind::Note ? pen.colors().raised : pen.colors().surface, 4);
    }
    if (run.kind == SpanKind::Term && ImGui::IsWindowHovered() &&
        Rect{x + run.x, y + run.top, run.width, run.bottom - run.top}.contains(ImGui::GetIO().MousePos.x, ImGui::GetIO().MousePos.y))
      hovered_term_ = run.ref;
    if (run.kind == SpanKind::Term)
      for (float at = 0; at < run.width; at += 4)
        pen.fill({x + run.x + at, y + run.baseline + 3, 2, 1}, pen.colors().soft, 0);
    pen.text(x + run.x, y + run.baseline, run.text, ink_of(pen, block), run.points, run.face);
  }
}

Prose::Point Prose::point_at(const Pen& pen, float px, float py) const {
  Point best;
  for (int i = 0; i < int(layout_.runs.size()); ++i) {
    const ProseRun& run = layout_.runs[std::size_t(i)];
    if (py < run.top) break;
    if (py < run.bottom && px < run.x && best.run >= 0 && layout_.runs[std::size_t(best.run)].top == run.top) break;
    best = {i, int(run.text.size())};
    if (py >= run.bottom || px > run.x + run.width) continue;
    for (std::size_t at = 0; at < run.text.size();) {
      const std::size_t next = viewmodel::next_point(run.text, at);
      const float middle = (pen.width(std::string_view(run.text).substr(0, at), run.points, run.face) +
                            pen.width(std::string_view(run.text).substr(0, next), run.points, run.face)) / 2;
      if (px < run.x + middle) return {i, int(at)};
      at = next;
    }
    return best;
  }
  return best;
}

void Prose::select(const Pen& pen, float x, float y, float width) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool inside = ImGui::IsWindowHovered() && !ImGui::IsAnyItemHovered() && io.MousePos.x < x + width;
  if (inside && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    selecting_ = true;
    from_ = to_ = point_at(pen, io.MousePos.x - x, io.MousePos.y - y);
  }
  if (selecting_) {
    to_ = point_at(pen, io.MousePos.x - x, io.MousePos.y - y);
    if (!ImGui::IsMouseDown(ImGuiMouseButton_Left)) selecting_ = false;
  }
  if (ImGui::IsWindowFocused() && ImGui::Shortcut(ImGuiMod_Ctrl | ImGuiKey_C)) {
    const std::string text = selected_text();
    if (!text.empty()) ImGui::SetClipboardText(text.c_str());
  }
}

std::string Prose::selected_text() const {
  const Point first = std::min(from_, to_), last = std::max(from_, to_);
  std::string out;
  for (int i = std::max(0, first.run); i <= last.run && i < int(layout_.runs.size()); ++i) {
    const ProseRun& run = layout_.runs[std::size_t(i)];
    const int a = i == first.run ? first.byte : 0;
    const int b = i == last.run ? last.byte : int(run.text.size());
    if (b > a) out += run.text.substr(std::size_t(a), std::size_t(b - a));
    if (run.ends_block && i != last.run) out += '\n';
  }
  return out;
}

}  // namespace orrery::widgets
