#include "playground/widgets/theme.h"

#include <algorithm>

namespace orrery::widgets {
namespace {

constexpr ImU32 rgb(unsigned hex) { return IM_COL32(hex >> 16 & 255, hex >> 8 & 255, hex & 255, 255); }

constexpr Palette kLight = {
    .ground = rgb(0xF8F4EC), .surface = rgb(0xF0EADF), .raised = rgb(0xFFFDF9), .line = rgb(0xDCD3C4), .ink = rgb(0x2A2520),
    .soft = rgb(0x655C51), .accent = rgb(0x1F6A61), .on_accent = rgb(0xFFFFFF), .tint = rgb(0xDCEAE5), .good = rgb(0x3C7A4B),
    .waiting = rgb(0xA46A00), .bad = rgb(0xB0382A)};

constexpr Palette kDark = {
    .ground = rgb(0x1B1916), .surface = rgb(0x25221E), .raised = rgb(0x302C27), .line = rgb(0x423C35), .ink = rgb(0xEFE8DC),
    .soft = rgb(0xB3A999), .accent = rgb(0x6FC7BA), .on_accent = rgb(0x10201D), .tint = rgb(0x23413C), .good = rgb(0x86C795),
    .waiting = rgb(0xE2B45C), .bad = rgb(0xF29084)};

ImVec4 vec(ImU32 color) { return ImGui::ColorConvertU32ToFloat4(color); }

}  // namespace

const Palette& palette(bool dark) { return dark ? kDark : kLight; }

ImU32 with_alpha(ImU32 color, float alpha) {
  const float own = float(color >> IM_COL32_A_SHIFT & 255);
  return (color & ~IM_COL32_A_MASK) | ImU32(std::clamp(alpha, 0.0f, 1.0f) * own) << IM_COL32_A_SHIFT;
}

ImU32 blend(ImU32 from, ImU32 to, float share) {
  const ImVec4 a = vec(from), b = vec(to);
  const auto mix = [share](float x, float y) { return x + (y - x) * share; };
  return ImGui::ColorConvertFloat4ToU32(ImVec4(mix(a.x, b.x), mix(a.y, b.y), mix(a.z, b.z), mix(a.w, b.w)));
}

ImU32 Theme::tone(Tone tone) const {
  switch (tone) {
    case Tone::Unknown:
    case Tone::Idle: return colors().soft;
    case Tone::Waiting: return colors().waiting;
    case Tone::Good: return colors().good;
    case Tone::Bad: return colors().bad;
    case Tone::Done: break;
  }
  return colors().soft;
}

void apply_style(const Theme& theme) {
  const Palette& c = theme.colors();
  ImGuiStyle& style = ImGui::GetStyle();
  style.WindowPadding = ImVec2(0, 0);
  style.WindowBorderSize = 0;
  style.WindowRounding = 0;
  style.PopupRounding = kRadius;
  style.PopupBorderSize = 0;
  style.ScrollbarSize = 8;
  style.ScrollbarRounding = 4;
  style.FrameRounding = kRadius;
  style.ItemSpacing = ImVec2(kGrid, kGrid);
  style.DisabledAlpha = 0.5f;
  style.Colors[ImGuiCol_WindowBg] = vec(c.ground);
  style.Colors[ImGuiCol_PopupBg] = vec(c.raised);
  style.Colors[ImGuiCol_Text] = vec(c.ink);
  style.Colors[ImGuiCol_ScrollbarBg] = ImVec4(0, 0, 0, 0);
  style.Colors[ImGuiCol_ScrollbarGrab] = vec(c.line);
  style.Colors[ImGuiCol_ScrollbarGrabHovered] = vec(c.soft);
  style.Colors[ImGuiCol_ScrollbarGrabActive] = vec(c.soft);
  style.Colors[ImGuiCol_NavCursor] = vec(c.accent);
  style.Colors[ImGuiCol_TextSelectedBg] = vec(c.tint);
}

}  // namespace orrery::widgets
