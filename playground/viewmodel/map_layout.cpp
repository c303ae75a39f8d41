#include "playground/viewmodel/map_layout.h"

#include <algorithm>
#include <cmath>

namespace orrery::viewmodel {
namespace {

constexpr float kGap = 24, kPad = 16;
constexpr float kPartW = 184, kPartH = 48;
constexpr float kHead = 40, kNodePart = 32;
constexpr float kPod = 48, kPodGapX = 40, kPodGapY = 28;  // the gap below a pod holds its name
constexpr float kThing = 40, kThingGap = 32;
constexpr float kRoomMinW = 264;
constexpr int kRoomMinPods = 3;

struct Grid {
  int columns = 1, rows = 1;
};

// The grid of `count` cells that fills a space of `aspect` best, when `above` already stands over it.
Grid grid_for(int count, float cell_w, float cell_h, float aspect, float above) {
  Grid best;
  float best_zoom = 0;
  for (int columns = 1; columns <= std::max(1, count); ++columns) {
    const int rows = (count + columns - 1) / columns;
    const float zoom = std::min(aspect / (float(columns) * cell_w), 1 / (above + float(rows) * cell_h));
    if (zoom <= best_zoom * (columns == count ? 0.85f : 1)) continue;  // one row reads best
    best_zoom = zoom;
    best = {columns, rows};
  }
  return best;
}

float span(int count, float size, float gap) { return float(count) * size + float(std::max(0, count - 1)) * gap; }

bool is_control(const Part& part) { return part.node.empty() && part.kind != PartKind::User && part.kind != PartKind::ApiServer; }

// Pods of each node, in the model's order; those of no node under "".
std::map<std::string, std::vector<const Pod*>> by_node(const ClusterModel& model) {
  std::map<std::string, std::vector<const Pod*>> pods;
  for (const Node& node : model.nodes) pods[node.name];
  for (const Pod& pod : model.pods) {
    const auto node = pods.find(pod.node);
    (node != pods.end() ? node->second : pods[""]).push_back(&pod);
  }
  return pods;
}

void place_control_plane(const ClusterModel& model, MapLayout& map) {
  int others = 0;
  for (const Part& part : model.parts) others += is_control(part);
  const float inner = std::max(span(std::max(3, others), kPartW, kGap), kPartW);
  Rect& room = map.control_plane.rect;
  room = {0, 0, inner + 2 * kPad, kHead + kPartH + kGap + kPartH + kPad};
  float x = kPad + (inner - span(others, kPartW, kGap)) / 2;
  for (const Part& part : model.parts) {
    if (is_control(part)) {
      map.places[part.id] = {x, kHead, kPartW, kPartH};
      x += kPartW + kGap;
    } else if (part.kind == PartKind::ApiServer) {
      map.places[part.id] = {kPad, kHead + kPartH + kGap, inner, kPartH};
    } else if (part.kind == PartKind::User) {
      map.places[part.id] = {-kPartW - 2 * kGap, kHead + kPartH + kGap, kPartW, kPartH};
    }
  }
}

void place_pods(const std::vector<const Pod*>& pods, float x, float y, int columns, MapLayout& map) {
  for (std::size_t i = 0; i < pods.size(); ++i) {
    const int column = int(i) % columns, row = int(i) / columns;
    map.places["pod/" + pods[i]->uid] = {x + float(column) * (kPod + kPodGapX), y + float(row) * (kPod + kPodGapY), kPod, kPod};
  }
}

void place_node_parts(const ClusterModel& model, const std::string& node, const Rect& room, MapLayout& map) {
  map.places["rules/" + node] = {room.cx() - 4, room.y - 2, 8, 4};  // the way out of the node
  float x = room.x + kPad;
  for (const Part& part : model.parts) {
    if (part.node != node) continue;
    map.places[part.id] = {x, room.y + kPad, kNodePart, kNodePart};
    x += kNodePart + 12;
  }
}

// In rows below the nodes: what pods point to lies outside of every machine.
void place_things(const ClusterModel& model, float left, float width, float top, MapLayout& map) {
  const std::size_t count = std::min(model.things.size(), kThingsMax);
  const int columns = std::max(1, int((width + kThingGap) / (kThing + kThingGap)));
  for (std::size_t i = 0; i < count; ++i)
    map.things.push_back({left + float(int(i) % columns) * (kThing + kThingGap), top + float(int(i) / columns) * (kThing + kThingGap), kThing, kThing});
}

// Only what runs on a node itself; returns where the row ends.
float place_machines(const ClusterModel& model, float top, MapLayout& map) {
  if (model.nodes.empty() || model.nodes.size() > kNodesBesideGroups) return top;
  const float width = 3 * kNodePart + 2 * 12 + 2 * kPad + 112, height = kNodePart + 2 * kPad;
  float x = map.control_plane.rect.cx() - span(int(model.nodes.size()), width, kGap) / 2;
  for (const Node& node : model.nodes) {
    map.nodes.push_back({{x, top, width, height}, node.name, 0});
    place_node_parts(model, node.name, map.nodes.back().rect, map);
    x += width + kGap;
  }
  return top + height + kGap;
}

int columns_for(std::size_t pods) { return std::max(2, int(std::ceil(std::sqrt(float(pods) * 1.4f)))); }

// Rooms of the groups' own sizes, in rows no wider than `width`. Returns the size of it all.
std::pair<float, float> pack(const std::vector<PodGroup>& groups, float width, std::vector<Rect>& rects) {
  rects.clear();
  float x = 0, y = 0, row = 0, widest = 0;
  for (const PodGroup& group : groups) {
    const int columns = columns_for(group.pods.size()), rows = (int(group.pods.size()) + columns - 1) / columns;
    const float w = float(columns) * (kPod + kPodGapX) + 2 * kPad, h = kRoomHead + float(rows) * (kPod + kPodGapY) + kPad;
    if (x > 0 && x + w > width) x = 0, y += row + kGap, row = 0;
    rects.push_back({x, y, w, h});
    x += w + kGap;
    row = std::max(row, h);
    widest = std::max(widest, x - kGap);
  }
  return {widest, y + row};
}

// The width of rows that shows all groups largest.
std::vector<Rect> pack_groups(const std::vector<PodGroup>& groups, float aspect, float above, float least, float& all_w) {
  std::vector<Rect> rects, best;
  float best_zoom = 0;
  constexpr int kTries = 16;
  const float longest = pack(groups, 1e9f, rects).first;
  for (int i = 0; i < kTries; ++i) {
    const float width = least * std::pow(std::max(1.0f, longest / least), float(i) / float(kTries - 1));
    const auto size = pack(groups, width, rects);
    const float zoom = std::min(aspect / std::max(size.first, least), 1 / (above + size.second));
    if (zoom <= best_zoom * 1.001f) continue;
    best_zoom = zoom;
    best = rects;
    all_w = size.first;
  }
  return best;
}

void place_groups(const ClusterModel& model, float aspect, const MapLook& look, MapLayout& map) {
  const float top = place_machines(model, map.control_plane.rect.bottom() + 2 * kGap, map);
  const std::vector<PodGroup> groups = pod_groups(model, look);
  float all_w = 0;
  const std::vector<Rect> rects = pack_groups(groups, aspect, top, map.control_plane.rect.w, all_w);
  const float left = map.control_plane.rect.cx() - all_w / 2;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Rect rect = {left + rects[i].x, top + rects[i].y, rects[i].w, rects[i].h};
    GroupRoom room = {rect, groups[i].name, groups[i].ns, int(groups[i].pods.size()), 0};
    for (const Pod* pod : groups[i].pods) room.bad += tone_of(*pod) == Tone::Bad;
    place_pods(groups[i].pods, rect.x + kPad + kPodGapX / 2, rect.y + kRoomHead, columns_for(groups[i].pods.size()), map);
    map.groups.push_back(std::move(room));
  }
}

// What lies around everything, with the things below it.
void finish(const ClusterModel& model, MapLayout& map) {
  float x0 = -kPartW - 3 * kGap, x1 = map.control_plane.rect.right(), y1 = map.control_plane.rect.bottom();
  float left = map.control_plane.rect.x, right = x1;
  const auto take = [&](const Rect& rect) {
    left = std::min(left, rect.x);
    right = std::max(right, rect.right());
    y1 = std::max(y1, rect.bottom());
  };
  for (const Room& room : map.nodes) take(room.rect);
  for (const GroupRoom& room : map.groups) take(room.rect);
  x0 = std::min(x0, left);
  x1 = std::max(x1, right);
  y1 = std::max(y1, map.shelf.bottom());
  place_things(model, left, right - left, y1 + kGap, map);
  if (!map.things.empty()) y1 = map.things.back().bottom();
  map.bounds = {x0, 0, x1 - x0, y1};
}

}  // namespace

MapLayout compute_map(const ClusterModel& model, float aspect, const MapLook& look) {
  MapLayout map;
  map.pod_size = kPod;
  place_control_plane(model, map);
  if (look.grouping != Grouping::Node) {
    place_groups(model, aspect, look, map);
    finish(model, map);
    return map;
  }
  const auto pods = by_node(model);
  const auto unbound = pods.find("");
  float top = map.control_plane.rect.bottom() + 2 * kGap;
  if (unbound != pods.end()) {
    const int columns = int((map.control_plane.rect.w - 2 * kPad + kPodGapX) / (kPod + kPodGapX));
    const int rows = (int(unbound->second.size()) + columns - 1) / columns;
    map.shelf = {0, top - kGap, map.control_plane.rect.w, kHead + float(rows) * (kPod + kPodGapY)};
    place_pods(unbound->second, kPad, map.shelf.y + kHead, columns, map);
    top = map.shelf.bottom() + kGap;
  }
  // All rooms are as large as the fullest node needs, so that a full node looks full.
  std::size_t most = kRoomMinPods;
  for (const auto& [node, list] : pods)
    if (!node.empty()) most = std::max(most, list.size());
  Grid in_room = grid_for(int(most), kPod + kPodGapX, kPod + kPodGapY, 2, 0);
  in_room.columns = std::max(in_room.columns, kRoomMinPods);
  in_room.rows = (int(most) + in_room.columns - 1) / in_room.columns;
  const float room_w = std::max(kRoomMinW, float(in_room.columns) * (kPod + kPodGapX) + 2 * kPad);
  const float room_h = kPad + kNodePart + kGap + float(in_room.rows) * (kPod + kPodGapY) + kPad;
  const int columns = grid_for(int(model.nodes.size()), room_w + kGap, room_h + kGap, aspect, top).columns;
  const float all_w = span(std::min(columns, int(model.nodes.size())), room_w, kGap);
  const float left = map.control_plane.rect.cx() - all_w / 2;
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    Room room;
    room.node = model.nodes[i].name;
    room.rect = {left + float(int(i) % columns) * (room_w + kGap), top + float(int(i) / columns) * (room_h + kGap), room_w, room_h};
    place_node_parts(model, room.node, room.rect, map);
    const auto own = pods.find(room.node);
    if (own != pods.end()) {
      room.pods = int(own->second.size());
      place_pods(own->second, room.rect.x + kPad + kPodGapX / 2, room.rect.y + kPad + kNodePart + kGap, in_room.columns, map);
    }
    map.nodes.push_back(room);
  }
  finish(model, map);
  return map;
}

std::string place_of(const MapLayout& map, const std::string& id) {
  if (map.places.count(id)) return id;
  const std::string part = id.substr(0, id.find('/'));
  return map.places.count(part) ? part : "";
}

}  // namespace orrery::viewmodel
