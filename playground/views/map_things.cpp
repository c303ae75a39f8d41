#include "playground/views/map_things.h"

#include <algorithm>

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Thing;

constexpr float kSmallest = 12;   // on the screen: below it nothing is drawn
constexpr float kThingLabelZoom = 1.3f;

// A Service divides, an Ingress leads in, a claim is a disk, a ConfigMap is written on, a Secret is locked.
void thing_icon(const Pen& pen, const std::string& kind, const Rect& r, ImU32 ink) {
  const float x = r.cx(), y = r.cy(), s = r.w / 2;
  if (kind == "Service") {
    pen.list->AddCircleFilled({x - s * 0.45f, y}, s * 0.16f, ink);
    for (const float dy : {-0.45f, 0.0f, 0.45f}) {
      pen.line(x - s * 0.45f, y, x + s * 0.45f, y + s * dy, ink, 1.5f);
      pen.list->AddCircleFilled({x + s * 0.45f, y + s * dy}, s * 0.1f, ink);
    }
  } else if (kind == "Ingress") {
    pen.line(x - s * 0.5f, y, x + s * 0.3f, y, ink, 1.5f);
    pen.list->AddTriangleFilled({x + s * 0.5f, y}, {x + s * 0.15f, y - s * 0.25f}, {x + s * 0.15f, y + s * 0.25f}, ink);
    pen.line(x + s * 0.55f, y - s * 0.5f, x + s * 0.55f, y + s * 0.5f, ink, 1.5f);
  } else if (kind == "PersistentVolumeClaim") {
    pen.list->AddEllipse({x, y - s * 0.35f}, {s * 0.45f, s * 0.16f}, ink, 0, 0, 1.5f);
    pen.line(x - s * 0.45f, y - s * 0.35f, x - s * 0.45f, y + s * 0.35f, ink, 1.5f);
    pen.line(x + s * 0.45f, y - s * 0.35f, x + s * 0.45f, y + s * 0.35f, ink, 1.5f);
    pen.list->AddEllipse({x, y + s * 0.35f}, {s * 0.45f, s * 0.16f}, ink, 0, 0, 1.5f);
  } else if (kind == "Secret") {
    pen.outline({x - s * 0.4f, y - s * 0.1f, s * 0.8f, s * 0.6f}, ink, 1.5f, 2);
    pen.list->PathArcTo({x, y - s * 0.1f}, s * 0.26f, 3.1416f, 6.2832f);
    pen.list->PathStroke(ink, 0, 1.5f);
  } else {
    pen.outline({x - s * 0.38f, y - s * 0.48f, s * 0.76f, s * 0.96f}, ink, 1.5f, 2);
    for (const float dy : {-0.2f, 0.05f, 0.3f}) pen.line(x - s * 0.2f, y + s * dy, x + s * 0.2f, y + s * dy, ink, 1.5f);
  }
}

void thing_lines(const Canvas& canvas, const viewmodel::Model& model, const Thing& thing, const Rect& from, const std::string& only_pod) {
  for (const viewmodel::Link& link : model.cluster.links) {
    if (!(link.from == thing.ref) || (!only_pod.empty() && link.pod_uid != only_pod)) continue;
    const Rect* place = place_of(*canvas.map, model.cluster, "pod/" + link.pod_uid);
    if (!place) continue;
    const Rect to = canvas.to_screen(*place);
    const ImVec2 a = {from.cx(), from.y}, d = {to.cx(), to.bottom()};
    const float bend = (a.y - d.y) * 0.5f;
    canvas.pen.list->AddBezierCubic(a, {a.x, a.y - bend}, {d.x, d.y + bend}, d, canvas.pen.colors().accent, 1.5f);
  }
}

}  // namespace

void draw_things(const Canvas& canvas, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const Pen& pen = canvas.pen;
  const viewmodel::Pod* pod = selected_pod(model);
  const std::string looked_at = pod ? pod->uid : state.map.hovered.rfind("pod/", 0) == 0 ? state.map.hovered.substr(4) : "";
  for (std::size_t i = 0; i < canvas.map->things.size() && i < model.cluster.things.size(); ++i) {
    const Thing& thing = model.cluster.things[i];
    const Rect rect = canvas.to_screen(canvas.map->things[i]);
    if (!canvas.visible(rect) || rect.w < kSmallest) continue;
    bool hovered = false;
    if (area(pen, thing.uid, rect, hovered)) queue.push(commands::SelectObject{thing.ref.kind, thing.ref.ns, thing.ref.name});
    const bool selected = model.selected == thing.ref;
    if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (hovered) tip(pen, thing.ref.kind + " " + thing.ref.name + (thing.note.empty() ? "" : "  " + thing.note));
    pen.fill(rect, hovered || selected ? pen.colors().tint : pen.colors().surface, rect.w * 0.2f);
    if (selected) pen.outline(rect.inset(-1), pen.colors().accent, 2, rect.w * 0.2f + 1);
    thing_icon(pen, thing.ref.kind, rect, selected ? pen.colors().accent : pen.colors().soft);
    if (hovered || selected || canvas.camera.zoom >= kThingLabelZoom) {
      const std::string name = pen.fitted_middle(thing.ref.name, 160, kSmall);
      const float width = pen.width(name, kSmall);
      canvas.write(rect.cx() - width / 2, rect.bottom() + 11, width);
      pen.text_center(rect.cx(), rect.bottom() + 11, name, pen.colors().ink, kSmall);
    }
    if (hovered || selected) thing_lines(canvas, model, thing, rect, "");
    else if (!looked_at.empty()) thing_lines(canvas, model, thing, rect, looked_at);
  }
}

}  // namespace orrery::views
