#include "playground/views/map_traffic.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "playground/viewmodel/label_room.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using viewmodel::MapLayout;
using viewmodel::Rect;

constexpr float kElbow = 24;
constexpr std::size_t kMaxFaintNodes = 24;

bool wide(const Rect& rect) { return rect.w > 200; }

// Between the wide bar of the API server and anything above or below it.
std::vector<ImVec2> from_bar(const Rect& bar, const Rect& other) {
  const bool beside = other.bottom() > bar.y && other.y < bar.bottom();
  if (beside) {
    const bool left = other.cx() < bar.cx();
    return {{left ? bar.x : bar.right(), other.cy()}, {left ? other.right() : other.x, other.cy()}};
  }
  const float x = std::clamp(other.cx(), bar.x + 12, bar.right() - 12);
  if (other.y < bar.y) return {{x, bar.y}, {x, other.bottom()}};
  if (x == other.cx()) return {{x, bar.bottom()}, {x, other.y}};
  const float y = bar.bottom() + kElbow + 12;
  return {{x, bar.bottom()}, {x, y}, {other.cx(), y}, {other.cx(), other.y}};
}

// The room of a node that other nodes' rooms stand in front of, seen from the API server; nullptr otherwise.
const Rect* behind_others(const MapLayout& map, const Rect& part) {
  if (map.nodes.empty() || part.y < map.nodes.front().rect.bottom()) return nullptr;
  // Rooms lie in rows of equal ones, from left to right.
  const float x = part.cx(), y = part.cy();
  const auto row = std::partition_point(map.nodes.begin(), map.nodes.end(), [&](const viewmodel::Room& room) { return room.rect.bottom() <= y; });
  const auto room = std::partition_point(row, map.nodes.end(), [&](const viewmodel::Room& one) { return one.rect.y == row->rect.y && one.rect.right() <= x; });
  return room != map.nodes.end() && room->rect.contains(x, y) ? &room->rect : nullptr;
}

// Down the gap to the left of the room, then in from its side.
std::vector<ImVec2> through_gap(const Rect& bar, const Rect& other, const Rect& room) {
  const float gap = room.x - 12, x = std::clamp(gap, bar.x + 12, bar.right() - 12), y = bar.bottom() + kElbow + 12;
  return {{x, bar.bottom()}, {x, y}, {gap, y}, {gap, other.cy()}, {other.x, other.cy()}};
}

ImVec2 along(const std::vector<ImVec2>& path, float share) {
  float length = 0;
  for (std::size_t i = 1; i < path.size(); ++i) length += std::hypot(path[i].x - path[i - 1].x, path[i].y - path[i - 1].y);
  float left = length * std::clamp(share, 0.0f, 1.0f);
  for (std::size_t i = 1; i < path.size(); ++i) {
    const float step = std::hypot(path[i].x - path[i - 1].x, path[i].y - path[i - 1].y);
    if (left <= step && step > 0)
      return {path[i - 1].x + (path[i].x - path[i - 1].x) * left / step, path[i - 1].y + (path[i].y - path[i - 1].y) * left / step};
    left -= step;
  }
  return path.back();
}

void stroke(const Canvas& canvas, const std::vector<ImVec2>& path, ImU32 color, float thickness) {
  std::vector<ImVec2> points;
  for (const ImVec2& p : path) points.push_back(canvas.to_screen(p.x, p.y));
  canvas.pen.list->AddPolyline(points.data(), int(points.size()), color, 0, thickness);
}

constexpr float kLabelHeight = 24, kLabelGap = 12, kLabelMargin = 4;

// Beside what it names.
std::vector<Rect> places_beside(ImVec2 at, float width) {
  const float w = width + 16, h = kLabelHeight, gap = kLabelGap;
  return {{at.x + gap, at.y - h / 2, w, h},         {at.x - gap - w, at.y - h / 2, w, h},     {at.x + gap, at.y - h - gap, w, h},
          {at.x + gap, at.y + gap, w, h},           {at.x - gap - w, at.y - h - gap, w, h},   {at.x - gap - w, at.y + gap, w, h},
          {at.x - w / 2, at.y - h - 2 * gap, w, h}, {at.x - w / 2, at.y + 2 * gap, w, h}};
}

// On its line or beside it, the nearer to the middle the better.
std::vector<Rect> places_along(const Canvas& canvas, const std::vector<ImVec2>& path, float width) {
  const float w = width + 16, h = kLabelHeight;
  std::vector<Rect> out;
  for (const float share : {0.5f, 0.4f, 0.6f, 0.3f, 0.7f, 0.2f, 0.8f}) {
    const ImVec2 in_map = along(path, share), at = canvas.to_screen(in_map.x, in_map.y);
    out.push_back({at.x - w / 2, at.y - h / 2, w, h});
    for (const Rect& place : places_beside(at, width)) out.push_back(place);
  }
  return out;
}

// What a label keeps off: names, pods, what stands small on a node, and what pods point to. All but names stay where they are
// until the map or the camera moves.
viewmodel::LabelRoom room_of(const Canvas& canvas, const viewmodel::ClusterModel& cluster, KeptRoom& kept) {
  const std::vector<float> key = {canvas.camera.x, canvas.camera.y, canvas.camera.zoom, canvas.view.x, canvas.view.y, canvas.view.w, canvas.view.h};
  if (!kept.room || kept.key != key) {
    kept.key = key;
    kept.room.emplace(canvas.view.inset(kLabelMargin));
    const auto take = [&](const Rect& place) { kept.room->take(canvas.to_screen(place)); };
    for (const Rect& pod : canvas.map->pods) take(pod);
    for (const Rect& thing : canvas.map->things) take(thing);
    for (std::size_t i = 0; i < cluster.parts.size(); ++i)
      if (!cluster.parts[i].node.empty()) take(canvas.map->parts[i]);
  }
  viewmodel::LabelRoom room = *kept.room;
  if (canvas.written)
    for (const Rect& name : *canvas.written) room.take(name);
  return room;
}

void draw_label(const Canvas& canvas, const Rect& box, const std::string& text, MapState& map) {
  canvas.pen.fill(box, canvas.pen.colors().accent, 12);
  canvas.pen.text_mid(box.x + 8, box.cy(), text, canvas.pen.colors().on_accent, widgets::kSmall);
  map.labels.push_back({text, box});
}

std::string text_of(const viewmodel::Trace& trace) {
  if (trace.object.kind.empty()) return trace.verb;
  return trace.verb + " " + trace.object.kind;
}

}  // namespace

std::vector<ImVec2> route(const MapLayout& map, const viewmodel::ClusterModel& model, const std::string& from, const std::string& to) {
  const Rect *from_place = place_of(map, model, from), *to_place = place_of(map, model, to);
  if (!from_place || !to_place || from_place == to_place) return {};
  const Rect a = *from_place, b = *to_place;
  const auto bar_way = [&](const Rect& bar, const Rect& other) {
    const Rect* room = behind_others(map, other);
    return room ? through_gap(bar, other, *room) : from_bar(bar, other);
  };
  if (wide(a) && !wide(b)) return bar_way(a, b);
  if (wide(b) && !wide(a)) {
    std::vector<ImVec2> path = bar_way(b, a);
    std::reverse(path.begin(), path.end());
    return path;
  }
  if (std::fabs(a.cy() - b.cy()) < 4) {  // neighbours in a row: over their heads
    const float top = std::min(a.y, b.y);
    return {{a.cx(), a.y}, {a.cx(), top - 8}, {b.cx(), top - 8}, {b.cx(), b.y}};
  }
  const bool down = b.y > a.y;
  return {{a.cx(), down ? a.bottom() : a.y}, {b.cx(), down ? b.y : b.bottom()}};
}

void draw_arrows(const Canvas& canvas, const viewmodel::Model& model) {
  const ImU32 faint = canvas.pen.colors().line;
  const bool few = model.cluster.nodes.size() <= kMaxFaintNodes;
  for (const viewmodel::Part& part : model.cluster.parts) {
    if (!part.node.empty() && (!few || part.kind != viewmodel::PartKind::Kubelet)) continue;
    const std::vector<ImVec2> path = route(*canvas.map, model.cluster, part.id, "apiserver");
    if (!path.empty()) stroke(canvas, path, faint, 1);
  }
}

std::vector<Flow> flows_of(const Canvas& canvas, const viewmodel::Model& model) {
  std::vector<Flow> out;
  for (const viewmodel::Stream& stream : model.motion.streams())
    if (std::vector<ImVec2> path = route(*canvas.map, model.cluster, stream.from, stream.to); !path.empty()) out.push_back({&stream, std::move(path)});
  std::stable_sort(out.begin(), out.end(), [](const Flow& a, const Flow& b) { return a.stream->count > b.stream->count; });
  return out;
}

namespace {

constexpr std::size_t kStreamLabelsMax = 6;  // of the busiest, until one zooms in
constexpr float kAllLabelsZoom = 1.3f;

// The busiest says in words what the others' numbers count.
std::string stream_label(const viewmodel::Model& model, int count, bool in_words) {
  if (!in_words) return std::to_string(count);
  return count == 1 ? std::string(model.say(viewmodel::Word::stream_one)) : model.say(viewmodel::Word::stream_count, {std::to_string(count)});
}

void label_streams(const Canvas& canvas, const viewmodel::Model& model, const std::vector<Flow>& flows, viewmodel::LabelRoom& room, MapState& map) {
  const std::size_t most = canvas.camera.zoom >= kAllLabelsZoom ? flows.size() : std::min(flows.size(), kStreamLabelsMax);
  for (std::size_t i = 0; i < most; ++i) {
    const viewmodel::Stream& stream = *flows[i].stream;
    for (const bool in_words : {true, false}) {
      if (in_words && i > 0) continue;
      const std::string text = stream_label(model, stream.count, in_words);
      const std::vector<Rect> places = places_along(canvas, flows[i].path, canvas.pen.width(text, widgets::kSmall));
      const std::optional<std::size_t> found = room.place(places);
      if (!found) continue;
      draw_label(canvas, places[*found], text, map);
      const ImVec2 mouse = ImGui::GetIO().MousePos;
      if (places[*found].contains(mouse.x, mouse.y) && ImGui::IsWindowHovered())
        widgets::tip(canvas.pen, model.say(viewmodel::Word::stream_tip, {std::to_string(stream.count), place_name(model, stream.from), place_name(model, stream.to)}));
      break;
    }
  }
}

// Where the label of the first dot was, if it still can be there: it doesn't jump from side to side on its way.
void label_dot(const Canvas& canvas, ImVec2 at, const std::string& text, viewmodel::LabelRoom& room, MapState& map) {
  const std::vector<Rect> places = places_beside(at, canvas.pen.width(text, widgets::kSmall));
  std::optional<std::size_t> side = map.label_side < places.size() && room.free(places[map.label_side]) ? std::optional(map.label_side) : room.place(places);
  if (!side) return;
  map.label_side = *side;
  room.take(places[*side]);
  draw_label(canvas, places[*side], text, map);
}

}  // namespace

void draw_ways(const Canvas& canvas, const viewmodel::Model& model, const std::vector<Flow>& flows) {
  const ImU32 accent = canvas.pen.colors().accent;
  for (const Flow& flow : flows) stroke(canvas, flow.path, widgets::with_alpha(accent, float(std::min(1.0, flow.stream->left_s / 0.5)) * 0.8f), 4);
  for (const viewmodel::Dot& dot : model.motion.flying())
    if (const std::vector<ImVec2> path = route(*canvas.map, model.cluster, dot.trace.from, dot.trace.to); !path.empty())
      stroke(canvas, path, widgets::with_alpha(accent, 0.45f), 2);
}

void draw_traffic(const Canvas& canvas, const viewmodel::Model& model, const std::vector<Flow>& flows, MapState& map) {
  const widgets::Pen& pen = canvas.pen;
  map.labels.clear();
  if (model.motion.streams().empty() && model.motion.flying().empty()) return;
  std::optional<ImVec2> first;
  std::string name;
  for (const viewmodel::Dot& dot : model.motion.flying()) {
    const std::vector<ImVec2> path = route(*canvas.map, model.cluster, dot.trace.from, dot.trace.to);
    if (path.empty()) continue;
    const float t = float(dot.progress), eased = t * t * (3 - 2 * t);
    const ImVec2 head = along(path, eased), at = canvas.to_screen(head.x, head.y);
    pen.list->AddCircleFilled(at, 9, widgets::with_alpha(pen.colors().accent, 0.25f));
    pen.list->AddCircleFilled(at, 5, pen.colors().accent);
    if (!first) first = at, name = text_of(dot.trace);
  }
  viewmodel::LabelRoom room = room_of(canvas, model.cluster, map.label_room);
  if (first) label_dot(canvas, *first, name, room, map);
  label_streams(canvas, model, flows, room, map);
}

}  // namespace orrery::views
