// Where everything of a cluster stands on the map, in the map's own units (one is a point at zoom 1).
// The API server lies between the control plane's other parts and the nodes, as it lies between them in every message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "playground/viewmodel/cluster_model.h"
#include "playground/viewmodel/id_index.h"
#include "playground/viewmodel/layout.h"
#include "playground/viewmodel/map_look.h"

namespace orrery::viewmodel {

struct Room {
  Rect rect;
  std::string node;  // empty: the control plane
  int pods = 0;
};

// Pods that belong together for another reason than their node.
struct GroupRoom {
  Rect rect;
  std::string name, ns;  // as in PodGroup
  int pods = 0;
  int bad = 0;           // of them in trouble
};

struct MapLayout {
  Rect bounds;
  Room control_plane;
  std::vector<Room> nodes;             // in the model's order; none when grouped otherwise and over kNodesBesideGroups
  std::vector<GroupRoom> groups;       // empty when grouped by node
  std::vector<Rect> parts;             // in the model's order; w == 0: has no place
  std::vector<Rect> rules;             // of each node with a room, in their order: the way out of it
  std::vector<Rect> pods;              // in the model's order
  Rect shelf;                          // pods without a node; h == 0: there are none
  int shelf_rows = 0;                  // that they take, or that are kept for them
  std::vector<Rect> things;            // in the model's order; those beyond kThingsMax have no place
  float pod_size = 0;                  // a pod's side
  mutable IdIndex part_index, pod_index;
};

constexpr std::size_t kThingsMax = 48;
constexpr std::size_t kNodesBesideGroups = 6;  // nodes keep a place for their agents while pods stand in groups
constexpr float kRoomHead = 40;                // above a group's pods: its name

// In whose room each stands: a node's position in the model, or the number of nodes for those of none.
struct NodeRooms {
  std::vector<std::uint32_t> pods, parts;  // in the model's order
  int shelf_rows = 0;                      // kept for pods without a node, also while there are fewer
};

// Finds the room of what changed; what is kept of the others is right while places_shape is the same.
class RoomFinder {
 public:
  // Learns the model's nodes, and the rooms of its parts.
  void learn(const ClusterModel& model);
  std::uint32_t room_of(const ClusterModel& model, const std::string& node) const;
  const std::vector<std::uint32_t>& parts() const { return parts_; }

 private:
  IdIndex nodes_;
  std::vector<std::uint32_t> parts_;
};

// `aspect` is the width of the space to fill over its height.
MapLayout compute_map(const ClusterModel& model, float aspect, const MapLook& look = {}, int shelf_rows = 0);
// The same where it is known who stands in which room: as quick as copying it. REQUIRES: `rooms` are the model's.
MapLayout compute_map(const ClusterModel& model, float aspect, const MapLook& look, const NodeRooms& rooms);

// The same number as long as compute_map would place everything alike: most changes of a cluster move nothing.
std::uint64_t map_shape(const ClusterModel& model, const MapLook& look);
// One pod's part of it; that of nodes and parts; and the whole where the hash of all pods' parts is at hand.
std::uint64_t pod_shape(const Pod& pod, const MapLook& look);
std::uint64_t places_shape(const ClusterModel& model);
std::uint64_t map_shape(const ClusterModel& model, const MapLook& look, std::uint64_t pods, std::uint64_t places);

// Where a message's end stands: a part's id, "rules/<node>" or "pod/<uid>"; "controller-manager/deployment" stands where
// "controller-manager" does. nullptr: nowhere. REQUIRES: the model has the shape that the map was computed for. The first
// question of a map takes as long as computing it.
const Rect* place_of(const MapLayout& map, const ClusterModel& model, std::string_view id);

}  // namespace orrery::viewmodel
