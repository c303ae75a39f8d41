// Where everything of a cluster stands on the map, in the map's own units (one is a point at zoom 1).
// The API server lies between the control plane's other parts and the nodes, as it lies between them in every message.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "playground/viewmodel/cluster_model.h"
#include "playground/viewmodel/layout.h"

namespace orrery::viewmodel {

struct Room {
  Rect rect;
  std::string node;  // empty: the control plane
  int pods = 0;
};

struct MapLayout {
  Rect bounds;
  Room control_plane;
  std::vector<Room> nodes;             // in the model's order
  std::map<std::string, Rect> places;  // part ids, and "pod/<uid>"
  Rect shelf;                          // pods without a node; h == 0: there are none
  std::vector<Rect> things;            // in the model's order; those beyond kThingsMax have no place
  float pod_size = 0;                  // a pod's side
};

constexpr std::size_t kThingsMax = 48;

// `aspect` is the width of the space to fill over its height.
MapLayout compute_map(const ClusterModel& model, float aspect);

// "controller-manager/deployment" -> "controller-manager" when only the latter has a place; "" when neither has.
std::string place_of(const MapLayout& map, const std::string& id);

}  // namespace orrery::viewmodel
