#include "playground/views/minimap.h"

#include <algorithm>

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;

constexpr float kWidthMax = 176, kHeightMax = 120, kInset = 8, kMiniMargin = 16;
constexpr float kMiniKeyStep = 0.25f;  // of what is shown, a key press

// The map's units on the minimap.
struct MiniScale {
  Rect box;
  float x0, y0, zoom;
  Rect of(const Rect& r) const { return {box.x + kInset + (r.x - x0) * zoom, box.y + kInset + (r.y - y0) * zoom, r.w * zoom, r.h * zoom}; }
};

// A cross where something is wrong, as on the map itself.
void room(const Pen& pen, const Rect& rect, bool bad) {
  pen.fill(rect, pen.colors().line, 1);
  if (bad) pen.sign(rect.cx(), rect.cy(), std::clamp(std::min(rect.w, rect.h) * 0.3f, 1.5f, 5.0f), Tone::Bad, pen.colors().bad);
}

void steer_minimap(const MiniScale& scale, const Rect& shown, MapCamera& camera) {
  ImGui::SetCursorScreenPos(at(scale.box));
  ImGui::InvisibleButton("minimap", {scale.box.w, scale.box.h});
  if (ImGui::IsItemActive()) {
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    camera.x = scale.x0 + (mouse.x - scale.box.x - kInset) / scale.zoom - shown.w / 2;
    camera.y = scale.y0 + (mouse.y - scale.box.y - kInset) / scale.zoom - shown.h / 2;
  }
  if (!ImGui::IsItemFocused()) return;
  if (ImGui::IsKeyPressed(ImGuiKey_LeftArrow)) camera.x -= shown.w * kMiniKeyStep;
  if (ImGui::IsKeyPressed(ImGuiKey_RightArrow)) camera.x += shown.w * kMiniKeyStep;
  if (ImGui::IsKeyPressed(ImGuiKey_UpArrow)) camera.y -= shown.h * kMiniKeyStep;
  if (ImGui::IsKeyPressed(ImGuiKey_DownArrow)) camera.y += shown.h * kMiniKeyStep;
}

}  // namespace

void draw_minimap(const Canvas& canvas, const viewmodel::Model& model, ViewState& state) {
  const viewmodel::MapLayout& map = *canvas.map;
  const Rect& all = map.bounds;
  MapCamera& camera = state.map.camera;
  const Rect shown = {camera.x, camera.y, canvas.view.w / camera.zoom, canvas.view.h / camera.zoom};
  const bool whole = shown.x <= all.x && shown.y <= all.y && shown.right() >= all.right() && shown.bottom() >= all.bottom();
  if (camera.fitted || whole || all.w <= 0 || all.h <= 0) return;
  const float zoom = std::min((kWidthMax - 2 * kInset) / all.w, (kHeightMax - 2 * kInset) / all.h);
  const float w = all.w * zoom + 2 * kInset, h = all.h * zoom + 2 * kInset;
  const MiniScale scale = {{canvas.view.right() - kMiniMargin - w, canvas.view.bottom() - kMiniMargin - h, w, h}, all.x, all.y, zoom};
  const Pen pen = begin_overlay(state.theme, "minimap", scale.box);
  const Palette& c = pen.colors();
  pen.fill(scale.box, c.raised, 8);
  pen.outline(scale.box, c.line, 1, 8);
  steer_minimap(scale, shown, camera);
  if (ImGui::IsItemHovered()) tip(pen, model.say(viewmodel::Word::map_minimap));
  if (ImGui::IsItemFocused()) pen.outline(scale.box.inset(-2), c.accent, 2, 10);
  pen.fill(scale.of(map.control_plane.rect), c.line, 1);
  for (std::size_t i = 0; i < map.nodes.size() && i < model.cluster.nodes.size(); ++i)
    room(pen, scale.of(map.nodes[i].rect), !model.cluster.nodes[i].ready);
  for (const viewmodel::GroupRoom& one : map.groups) room(pen, scale.of(one.rect), one.bad > 0);
  if (map.shelf.h > 0) pen.outline(scale.of(map.shelf), c.line, 1, 1);
  const Rect frame = scale.of({camera.x, camera.y, shown.w, shown.h});
  const float x = std::max(frame.x, scale.box.x + 2), y = std::max(frame.y, scale.box.y + 2);
  pen.outline({x, y, std::max(4.0f, std::min(frame.right(), scale.box.right() - 2) - x), std::max(4.0f, std::min(frame.bottom(), scale.box.bottom() - 2) - y)},
              c.accent, 2, 2);
  end_region();
}

}  // namespace orrery::views
