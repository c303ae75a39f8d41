#include "playground/viewmodel/map_layout.h"

#include <algorithm>
#include <cmath>

namespace orrery::viewmodel {
namespace {

constexpr float kGap = 24, kPad = 16;
constexpr float kPartW = 152, kPartH = 48;
constexpr float kNodeHead = 40, kNodePart = 32;
constexpr float kPod = 48, kPodGap = 24;  // the gap below a pod holds its name
constexpr float kRoomMinW = 232;

struct Grid {
  int columns = 1, rows = 1;
};

Grid grid_for(int count, float cell_aspect, float aspect) {
  Grid grid;
  grid.columns = std::max(1, int(std::lround(std::sqrt(float(std::max(1, count)) * aspect / cell_aspect))));
  grid.columns = std::min(grid.columns, std::max(1, count));
  grid.rows = (count + grid.columns - 1) / grid.columns;
  return grid;
}

float span(int count, float size, float gap) { return float(count) * size + float(std::max(0, count - 1)) * gap; }

bool is_control(const Part& part) { return part.node.empty() && part.kind != PartKind::User && part.kind != PartKind::ApiServer; }

// Pods of each node, in the model's order; those of no node under "".
std::map<std::string, std::vector<const Pod*>> by_node(const ClusterModel& model) {
  std::map<std::string, std::vector<const Pod*>> pods;
  for (const Pod& pod : model.pods) pods[find_node(model, pod.node) ? pod.node : ""].push_back(&pod);
  return pods;
}

void place_control_plane(const ClusterModel& model, MapLayout& map) {
  int others = 0;
  for (const Part& part : model.parts) others += is_control(part);
  const float inner = std::max(span(std::max(3, others), kPartW, kGap), kPartW);
  Rect& room = map.control_plane.rect;
  room = {0, 0, inner + 2 * kPad, kNodeHead + kPartH + kGap + kPartH + kPad};
  float x = kPad + (inner - span(others, kPartW, kGap)) / 2;
  for (const Part& part : model.parts) {
    if (is_control(part)) {
      map.places[part.id] = {x, kNodeHead, kPartW, kPartH};
      x += kPartW + kGap;
    } else if (part.kind == PartKind::ApiServer) {
      map.places[part.id] = {kPad, kNodeHead + kPartH + kGap, inner, kPartH};
    } else if (part.kind == PartKind::User) {
      map.places[part.id] = {-kPartW - 2 * kGap, kNodeHead + kPartH + kGap, kPartW, kPartH};
    }
  }
}

void place_pods(const std::vector<const Pod*>& pods, float x, float y, int columns, MapLayout& map) {
  for (std::size_t i = 0; i < pods.size(); ++i) {
    const int column = int(i) % columns, row = int(i) / columns;
    map.places["pod/" + pods[i]->uid] = {x + float(column) * (kPod + kPodGap), y + float(row) * (kPod + kPodGap), kPod, kPod};
  }
}

void place_node_parts(const ClusterModel& model, const std::string& node, const Rect& room, MapLayout& map) {
  float x = room.x + kPad;
  for (const Part& part : model.parts) {
    if (part.node != node) continue;
    map.places[part.id] = {x, room.y + kNodeHead, kNodePart, kNodePart};
    x += kNodePart + 12;
  }
}

}  // namespace

MapLayout compute_map(const ClusterModel& model, float aspect) {
  MapLayout map;
  map.pod_size = kPod;
  place_control_plane(model, map);
  const auto pods = by_node(model);
  const auto unbound = pods.find("");
  float top = map.control_plane.rect.bottom() + 2 * kGap;
  if (unbound != pods.end()) {
    const int columns = std::max(8, grid_for(int(unbound->second.size()), 1, 8).columns);
    const int rows = (int(unbound->second.size()) + columns - 1) / columns;
    map.shelf = {0, top - kGap, map.control_plane.rect.w, kNodeHead + float(rows) * (kPod + kPodGap)};
    place_pods(unbound->second, kPad, map.shelf.y + kNodeHead, columns, map);
    top = map.shelf.bottom() + kGap;
  }
  // All rooms are as large as the fullest node needs, so that a full node looks full.
  std::size_t most = 6;
  for (const auto& [node, list] : pods)
    if (!node.empty()) most = std::max(most, list.size());
  const Grid in_room = grid_for(int(most), 1, 1.6f);
  const float room_w = std::max(kRoomMinW, span(in_room.columns, kPod, kPodGap) + 2 * kPad + 16);
  const float room_h = kNodeHead + kNodePart + kGap + float(in_room.rows) * (kPod + kPodGap) + kPad;
  const int columns = std::max(1, std::max(std::min(int(model.nodes.size()), 3),
                                           grid_for(int(model.nodes.size()), room_w / room_h, aspect).columns));
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
      place_pods(own->second, room.rect.x + kPad + 8, room.rect.y + kNodeHead + kNodePart + kGap, in_room.columns, map);
    }
    map.nodes.push_back(room);
  }
  float x0 = -kPartW - 3 * kGap, x1 = map.control_plane.rect.right(), y1 = map.control_plane.rect.bottom();
  for (const Room& room : map.nodes) {
    x0 = std::min(x0, room.rect.x);
    x1 = std::max(x1, room.rect.right());
    y1 = std::max(y1, room.rect.bottom());
  }
  y1 = std::max(y1, map.shelf.bottom());
  map.bounds = {x0, 0, x1 - x0, y1};
  return map;
}

std::string place_of(const MapLayout& map, const std::string& id) {
  if (map.places.count(id)) return id;
  const std::string part = id.substr(0, id.find('/'));
  return map.places.count(part) ? part : "";
}

}  // namespace orrery::viewmodel
