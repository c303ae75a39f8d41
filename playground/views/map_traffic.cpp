#include "playground/views/map_traffic.h"

#include <algorithm>
#include <cmath>

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
  for (const viewmodel::Room& room : map.nodes)
    if (room.rect.contains(part.cx(), part.cy())) return &room.rect;
  return nullptr;
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

bool meet(const Rect& a, const Rect& b) { return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom(); }

// Beside what it names, where it covers no name if there is such a place.
Rect label_place(const Canvas& canvas, ImVec2 at, float width) {
  const float w = width + 16, h = 24, gap = 12;
  const Rect places[] = {{at.x + gap, at.y - h / 2, w, h},     {at.x - gap - w, at.y - h / 2, w, h}, {at.x + gap, at.y - h - gap, w, h},
                         {at.x + gap, at.y + gap, w, h},       {at.x - gap - w, at.y - h - gap, w, h}, {at.x - gap - w, at.y + gap, w, h},
                         {at.x - w / 2, at.y - h - 2 * gap, w, h}, {at.x - w / 2, at.y + 2 * gap, w, h}};
  for (const Rect& place : places) {
    if (place.x < canvas.view.x + 4 || place.right() > canvas.view.right() - 4 || place.y < canvas.view.y || place.bottom() > canvas.view.bottom()) continue;
    const bool taken = canvas.written && std::any_of(canvas.written->begin(), canvas.written->end(), [&](const Rect& name) { return meet(place, name); });
    if (!taken) return place;
  }
  return {std::clamp(places[0].x, canvas.view.x + 4, std::max(canvas.view.x + 4, canvas.view.right() - w - 4)), places[0].y, w, h};
}

Rect label(const Canvas& canvas, ImVec2 at, const std::string& text) {
  const Rect box = label_place(canvas, at, canvas.pen.width(text, widgets::kSmall));
  canvas.pen.fill(box, canvas.pen.colors().accent, 12);
  canvas.pen.text_mid(box.x + 8, box.cy(), text, canvas.pen.colors().on_accent, widgets::kSmall);
  return box;
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

namespace {

// The busiest says in words what the others' numbers count.
std::string stream_label(const viewmodel::Model& model, int count, bool in_words) {
  if (!in_words) return std::to_string(count);
  return count == 1 ? std::string(model.say(viewmodel::Word::stream_one)) : model.say(viewmodel::Word::stream_count, {std::to_string(count)});
}

void draw_streams(const Canvas& canvas, const viewmodel::Model& model) {
  const widgets::Pen& pen = canvas.pen;
  int most = 0;
  bool told = false;
  for (const viewmodel::Stream& stream : model.motion.streams()) most = std::max(most, stream.count);
  for (const viewmodel::Stream& stream : model.motion.streams()) {
    const std::vector<ImVec2> path = route(*canvas.map, model.cluster, stream.from, stream.to);
    if (path.empty()) continue;
    const float fade = float(std::min(1.0, stream.left_s / 0.5));
    stroke(canvas, path, widgets::with_alpha(pen.colors().accent, fade * 0.8f), 4);
    const ImVec2 middle = along(path, 0.5f);
    const bool words = !told && stream.count == most;
    told = told || words;
    const Rect box = label(canvas, canvas.to_screen(middle.x, middle.y), stream_label(model, stream.count, words));
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    if (box.contains(mouse.x, mouse.y) && ImGui::IsWindowHovered())
      widgets::tip(pen, model.say(viewmodel::Word::stream_tip, {std::to_string(stream.count), place_name(model, stream.from), place_name(model, stream.to)}));
  }
}

}  // namespace

void draw_traffic(const Canvas& canvas, const viewmodel::Model& model) {
  const widgets::Pen& pen = canvas.pen;
  draw_streams(canvas, model);
  bool labelled = false;
  for (const viewmodel::Dot& dot : model.motion.flying()) {
    const std::vector<ImVec2> path = route(*canvas.map, model.cluster, dot.trace.from, dot.trace.to);
    if (path.empty()) continue;
    const float t = float(dot.progress), eased = t * t * (3 - 2 * t);
    stroke(canvas, path, widgets::with_alpha(pen.colors().accent, 0.45f), 2);
    const ImVec2 head = along(path, eased);
    const ImVec2 at = canvas.to_screen(head.x, head.y);
    pen.list->AddCircleFilled(at, 9, widgets::with_alpha(pen.colors().accent, 0.25f));
    pen.list->AddCircleFilled(at, 5, pen.colors().accent);
    if (!labelled) label(canvas, at, text_of(dot.trace));
    labelled = true;
  }
}

}  // namespace orrery::views
