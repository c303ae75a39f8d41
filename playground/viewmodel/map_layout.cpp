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

// Positions of the first room's, the second's and so on, each in the model's order.
struct ByRoom {
  std::vector<std::uint32_t> starts, order;  // of room i: order[starts[i]] up to order[starts[i + 1]]
  std::uint32_t count(std::size_t room) const { return starts[room + 1] - starts[room]; }
};

ByRoom by_room(const std::vector<std::uint32_t>& rooms, std::size_t count) {
  ByRoom out = {std::vector<std::uint32_t>(count + 1), std::vector<std::uint32_t>(rooms.size())};
  for (const std::uint32_t room : rooms) ++out.starts[room + 1];
  for (std::size_t i = 0; i < count; ++i) out.starts[i + 1] += out.starts[i];
  std::vector<std::uint32_t> next(out.starts.begin(), out.starts.end() - 1);
  for (std::size_t i = 0; i < rooms.size(); ++i) out.order[next[rooms[i]]++] = std::uint32_t(i);
  return out;
}

void place_control_plane(const ClusterModel& model, MapLayout& map) {
  int others = 0;
  for (const Part& part : model.parts) others += is_control(part);
  const float inner = std::max(span(std::max(3, others), kPartW, kGap), kPartW);
  Rect& room = map.control_plane.rect;
  room = {0, 0, inner + 2 * kPad, kHead + kPartH + kGap + kPartH + kPad};
  float x = kPad + (inner - span(others, kPartW, kGap)) / 2;
  for (std::size_t i = 0; i < model.parts.size(); ++i) {
    const Part& part = model.parts[i];
    if (is_control(part)) {
      map.parts[i] = {x, kHead, kPartW, kPartH};
      x += kPartW + kGap;
    } else if (part.kind == PartKind::ApiServer) {
      map.parts[i] = {kPad, kHead + kPartH + kGap, inner, kPartH};
    } else if (part.kind == PartKind::User) {
      map.parts[i] = {-kPartW - 2 * kGap, kHead + kPartH + kGap, kPartW, kPartH};
    }
  }
}

Rect cell(std::size_t i, float x, float y, int columns) {
  return {x + float(int(i) % columns) * (kPod + kPodGapX), y + float(int(i) / columns) * (kPod + kPodGapY), kPod, kPod};
}

void place_pods(const ByRoom& of, std::size_t room, float x, float y, int columns, MapLayout& map) {
  for (std::uint32_t i = 0; i < of.count(room); ++i) map.pods[of.order[of.starts[room] + i]] = cell(i, x, y, columns);
}

void place_node_parts(const ByRoom& of, std::size_t node, const Rect& room, MapLayout& map) {
  map.rules.push_back({room.cx() - 4, room.y - 2, 8, 4});
  float x = room.x + kPad;
  for (std::uint32_t i = of.starts[node]; i < of.starts[node + 1]; ++i) {
    map.parts[of.order[i]] = {x, room.y + kPad, kNodePart, kNodePart};
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
float place_machines(const ClusterModel& model, const NodeRooms& rooms, float top, MapLayout& map) {
  if (model.nodes.empty() || model.nodes.size() > kNodesBesideGroups) return top;
  const float width = 3 * kNodePart + 2 * 12 + 2 * kPad + 112, height = kNodePart + 2 * kPad;
  float x = map.control_plane.rect.cx() - span(int(model.nodes.size()), width, kGap) / 2;
  const ByRoom parts = by_room(rooms.parts, model.nodes.size() + 1);
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    map.nodes.push_back({{x, top, width, height}, model.nodes[i].name, 0});
    place_node_parts(parts, i, map.nodes.back().rect, map);
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

void place_groups(const ClusterModel& model, float aspect, const MapLook& look, const NodeRooms& rooms, MapLayout& map) {
  const float top = place_machines(model, rooms, map.control_plane.rect.bottom() + 2 * kGap, map);
  const std::vector<PodGroup> groups = pod_groups(model, look);
  float all_w = 0;
  const std::vector<Rect> rects = pack_groups(groups, aspect, top, map.control_plane.rect.w, all_w);
  const float left = map.control_plane.rect.cx() - all_w / 2;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Rect rect = {left + rects[i].x, top + rects[i].y, rects[i].w, rects[i].h};
    GroupRoom room = {rect, groups[i].name, groups[i].ns, int(groups[i].pods.size()), 0};
    const int columns = columns_for(groups[i].pods.size());
    for (std::size_t k = 0; k < groups[i].pods.size(); ++k) {
      const std::uint32_t pod = groups[i].pods[k];
      room.bad += tone_of(model.pods[pod]) == Tone::Bad;
      map.pods[pod] = cell(k, rect.x + kPad + kPodGapX / 2, rect.y + kRoomHead, columns);
    }
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

void RoomFinder::learn(const ClusterModel& model) {
  nodes_.build(model.nodes.size(), [&](std::size_t i) -> const std::string& { return model.nodes[i].name; });
  parts_.resize(model.parts.size());
  for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i] = room_of(model, model.parts[i].node);
}

std::uint32_t RoomFinder::room_of(const ClusterModel& model, const std::string& node) const {
  const auto name = [&](std::size_t i) -> const std::string& { return model.nodes[i].name; };
  return std::uint32_t(node.empty() ? model.nodes.size() : std::min(nodes_.find(node, name), model.nodes.size()));
}

MapLayout compute_map(const ClusterModel& model, float aspect, const MapLook& look, int shelf_rows) {
  RoomFinder finder;
  finder.learn(model);
  NodeRooms rooms = {{}, finder.parts(), shelf_rows};
  if (look.grouping == Grouping::Node)
    for (const Pod& pod : model.pods) rooms.pods.push_back(finder.room_of(model, pod.node));
  return compute_map(model, aspect, look, rooms);
}

MapLayout compute_map(const ClusterModel& model, float aspect, const MapLook& look, const NodeRooms& rooms) {
  MapLayout map;
  map.pod_size = kPod;
  map.parts.resize(model.parts.size());
  map.pods.resize(model.pods.size());
  place_control_plane(model, map);
  if (look.grouping != Grouping::Node) {
    place_groups(model, aspect, look, rooms, map);
    finish(model, map);
    return map;
  }
  const std::size_t nodes = model.nodes.size();
  const ByRoom pods = by_room(rooms.pods, nodes + 1), parts = by_room(rooms.parts, nodes + 1);
  const std::uint32_t unbound = pods.count(nodes);
  float top = map.control_plane.rect.bottom() + 2 * kGap;
  if (unbound > 0 || rooms.shelf_rows > 0) {
    const int columns = int((map.control_plane.rect.w - 2 * kPad + kPodGapX) / (kPod + kPodGapX));
    map.shelf_rows = std::max(rooms.shelf_rows, (int(unbound) + columns - 1) / columns);
    map.shelf = {0, top - kGap, map.control_plane.rect.w, kHead + float(map.shelf_rows) * (kPod + kPodGapY)};
    place_pods(pods, nodes, kPad, map.shelf.y + kHead, columns, map);
    top = map.shelf.bottom() + kGap;
    if (unbound == 0) map.shelf.h = 0;
  }
  // All rooms are as large as the fullest node needs, so that a full node looks full.
  std::size_t most = kRoomMinPods;
  for (std::size_t i = 0; i < nodes; ++i) most = std::max(most, std::size_t(pods.count(i)));
  Grid in_room = grid_for(int(most), kPod + kPodGapX, kPod + kPodGapY, 2, 0);
  in_room.columns = std::max(in_room.columns, kRoomMinPods);
  in_room.rows = (int(most) + in_room.columns - 1) / in_room.columns;
  const float room_w = std::max(kRoomMinW, float(in_room.columns) * (kPod + kPodGapX) + 2 * kPad);
  const float room_h = kPad + kNodePart + kGap + float(in_room.rows) * (kPod + kPodGapY) + kPad;
  const int columns = grid_for(int(nodes), room_w + kGap, room_h + kGap, aspect, top).columns;
  const float all_w = span(std::min(columns, int(nodes)), room_w, kGap);
  const float left = map.control_plane.rect.cx() - all_w / 2;
  map.nodes.reserve(nodes);
  map.rules.reserve(nodes);
  for (std::size_t i = 0; i < nodes; ++i) {
    Room& room = map.nodes.emplace_back();
    room.node = model.nodes[i].name;
    room.rect = {left + float(int(i) % columns) * (room_w + kGap), top + float(int(i) / columns) * (room_h + kGap), room_w, room_h};
    place_node_parts(parts, i, room.rect, map);
    room.pods = int(pods.count(i));
    place_pods(pods, i, room.rect.x + kPad + kPodGapX / 2, room.rect.y + kPad + kNodePart + kGap, in_room.columns, map);
  }
  finish(model, map);
  return map;
}

std::uint64_t pod_shape(const Pod& pod, const MapLook& look) {
  QuickHash hash;
  hash.add(pod.uid), hash.add(pod.node);
  if (look.grouping == Grouping::Node) return hash.value();
  hash.add(pod.ns), hash.add(pod.owner_kind), hash.add(pod.owner);
  hash.add(tone_of(pod) == Tone::Bad);
  for (const auto& [key, value] : pod.labels)
    if (key == look.label) hash.add(value);
  return hash.value();
}

std::uint64_t map_shape(const ClusterModel& model, const MapLook& look) {
  QuickHash pods;
  for (const Pod& pod : model.pods) pods.add(pod_shape(pod, look));
  return map_shape(model, look, pods.value(), places_shape(model));
}

std::uint64_t places_shape(const ClusterModel& model) {
  QuickHash hash;
  for (const std::size_t count : {model.nodes.size(), model.parts.size()}) hash.add(count);
  for (const Node& node : model.nodes) hash.add(node.name);
  for (const Part& part : model.parts) hash.add(part.id), hash.add(part.node);
  return hash.value();
}

std::uint64_t map_shape(const ClusterModel& model, const MapLook& look, std::uint64_t pods, std::uint64_t places) {
  QuickHash hash;
  hash.add(pods), hash.add(places);
  hash.add(group_name(look));
  for (const std::size_t count : {model.pods.size(), std::min(model.things.size(), kThingsMax)}) hash.add(count);
  if (look.grouping == Grouping::Node) return hash.value();
  for (const Workload& workload : model.workloads) hash.add(workload.uid), hash.add(workload.owner_uid);
  return hash.value();
}

namespace {

constexpr std::string_view kPodPrefix = "pod/";

const Rect* part_place(const MapLayout& map, const ClusterModel& model, std::string_view id) {
  const auto id_of = [&](std::size_t i) -> const std::string& { return model.parts[i].id; };
  if (!map.part_index.built()) map.part_index.build(model.parts.size(), id_of);
  const std::size_t at = map.part_index.find(id, id_of);
  return at < map.parts.size() && map.parts[at].w > 0 ? &map.parts[at] : nullptr;
}

}  // namespace

const Rect* place_of(const MapLayout& map, const ClusterModel& model, std::string_view id) {
  if (id.substr(0, kPodPrefix.size()) == kPodPrefix) {
    const auto uid_of = [&](std::size_t i) -> const std::string& { return model.pods[i].uid; };
    if (!map.pod_index.built()) map.pod_index.build(model.pods.size(), uid_of);
    const std::size_t at = map.pod_index.find(id.substr(kPodPrefix.size()), uid_of);
    return at < map.pods.size() ? &map.pods[at] : nullptr;
  }
  if (id.substr(0, kRulesPrefix.size()) == kRulesPrefix) {
    for (std::size_t i = 0; i < map.rules.size(); ++i)
      if (map.nodes[i].node == id.substr(kRulesPrefix.size())) return &map.rules[i];
    return nullptr;
  }
  const Rect* place = part_place(map, model, id);
  return place ? place : part_place(map, model, id.substr(0, id.find('/')));
}

}  // namespace orrery::viewmodel
