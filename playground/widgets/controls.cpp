#include "playground/widgets/controls.h"

#include <imgui_internal.h>

#include <algorithm>

namespace orrery::widgets {
namespace {

void focus_ring(const Pen& pen, const Rect& rect) {
  if (ImGui::IsItemFocused() && ImGui::GetCurrentContext()->NavCursorVisible)
    pen.outline(rect.inset(-2), pen.colors().accent, 2, kRadius + 2);
}

void dress(const Pen& pen, const ButtonSpec& spec, bool hovered, bool held) {
  const Palette& c = pen.colors();
  ImU32 ink = c.ink;
  switch (spec.look) {
    case ButtonLook::Primary:
      pen.fill(spec.rect, held ? blend(c.accent, c.ink, 0.2f) : hovered ? blend(c.accent, c.ink, 0.1f) : c.accent);
      ink = c.on_accent;
      break;
    case ButtonLook::Quiet:
      pen.fill(spec.rect, spec.chosen ? c.tint : held ? c.line : hovered ? blend(c.surface, c.line, 0.5f) : c.surface);
      break;
    case ButtonLook::Plain:
      if (hovered || held) pen.fill(spec.rect, held ? c.line : c.surface);
      ink = spec.chosen ? c.accent : c.soft;
      if (hovered) ink = c.ink;
      break;
    case ButtonLook::Tab:
      ink = spec.chosen || hovered ? c.ink : c.soft;
      if (spec.chosen) pen.fill({spec.rect.x + 8, spec.rect.bottom() - 3, spec.rect.w - 16, 3}, c.accent, 1.5f);
      break;
  }
  if (!spec.enabled) ink = with_alpha(ink, 0.45f);
  const Face face = spec.look == ButtonLook::Tab && spec.chosen ? Face::Bold : Face::Regular;
  const std::string label = pen.fitted(spec.label, spec.rect.w - 8, spec.points, face);
  pen.text_center(spec.rect.cx(), spec.rect.cy(), label, ink, spec.points, face);
}

}  // namespace

bool button(const Pen& pen, const ButtonSpec& spec) {
  ImGui::SetCursorScreenPos(at(spec.rect));
  ImGui::PushID(spec.id.c_str());
  ImGui::BeginDisabled(!spec.enabled);
  const bool pressed = ImGui::InvisibleButton("button", ImVec2(std::max(1.0f, spec.rect.w), std::max(1.0f, spec.rect.h)));
  const bool hovered = ImGui::IsItemHovered(), held = ImGui::IsItemActive();
  ImGui::EndDisabled();
  dress(pen, spec, hovered, held);
  focus_ring(pen, spec.rect);
  if (hovered) {
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (!spec.tip.empty()) tip(pen, spec.tip);
  }
  ImGui::PopID();
  return pressed;
}

float button_width(const Pen& pen, const std::string& label, float points) {
  return std::max(40.0f, pen.width(label, points, Face::Bold) + 32);
}

bool area(const Pen& pen, const std::string& id, const Rect& rect, bool& hovered) {
  ImGui::SetCursorScreenPos(at(rect));
  const bool pressed = ImGui::InvisibleButton(id.c_str(), ImVec2(std::max(1.0f, rect.w), std::max(1.0f, rect.h)));
  const bool focused = ImGui::IsItemFocused() && ImGui::GetCurrentContext()->NavCursorVisible;
  hovered = ImGui::IsItemHovered() || focused;
  focus_ring(pen, rect);
  return pressed;
}

void tip(const Pen& pen, const std::string& text) {
  const float room = 320, gap = 12;
  const float width = std::min(room, pen.width(text, kSmall) + 2);
  Pen over = pen;
  over.list = ImGui::GetForegroundDrawList();
  const ImVec2 mouse = ImGui::GetIO().MousePos, screen = ImGui::GetIO().DisplaySize;
  // Measured off screen first: the height depends on where lines break.
  const float height = paragraph(over, -10000, -10000, width, text, 0, kSmall, 1.5f);
  const float x = std::clamp(mouse.x + gap, 8.0f, screen.x - width - 2 * gap - 8);
  const float below = mouse.y + 2 * gap;
  const float y = below + height + 2 * gap > screen.y ? mouse.y - height - 2 * gap - 8 : below;
  over.fill({x, y, width + 2 * gap, height + 16}, pen.colors().ink);
  paragraph(over, x + gap, y + 8, width, text, pen.colors().ground, kSmall, 1.5f);
}

namespace {

constexpr ImGuiWindowFlags kBare = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoCollapse |
                                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground;
constexpr ImGuiWindowFlags kStands = ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;

Pen begin_bare(const Theme& theme, const char* name, const Rect& rect, ImGuiWindowFlags flags) {
  ImGui::SetNextWindowPos(at(rect));
  ImGui::SetNextWindowSize(ImVec2(rect.w, rect.h));
  ImGui::Begin(name, nullptr, flags);
  return {&theme, ImGui::GetWindowDrawList()};
}

}  // namespace

Pen begin_region(const Theme& theme, const char* name, const Rect& rect, bool scrolls) {
  return begin_bare(theme, name, rect, kBare | ImGuiWindowFlags_NoBringToFrontOnFocus | (scrolls ? 0 : kStands));
}

// Not among those that stay behind: it was made later and would lie under them.
Pen begin_overlay(const Theme& theme, const char* name, const Rect& rect) {
  return begin_bare(theme, name, rect, kBare | kStands | ImGuiWindowFlags_NoFocusOnAppearing);
}

void end_region() { ImGui::End(); }

}  // namespace orrery::widgets
