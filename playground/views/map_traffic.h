// Arrows of the map and what travels along them.
#pragma once

#include <string>
#include <vector>

#include "playground/viewmodel/map_layout.h"
#include "playground/viewmodel/model.h"
#include "playground/views/map_canvas.h"

namespace orrery::views {

// The way from one place to another, in map units; empty when either has no place.
std::vector<ImVec2> route(const viewmodel::MapLayout& map, const viewmodel::ClusterModel& model, const std::string& from, const std::string& to);

// The lines that are always there, faintly.
void draw_arrows(const Canvas& canvas, const viewmodel::Model& model);
// A stream that can be seen, and its way.
struct Flow {
  const viewmodel::Stream* stream;
  std::vector<ImVec2> path;  // in map units
};
// The busiest first; of equals the one that is there longer. They last as long as the model's streams.
std::vector<Flow> flows_of(const Canvas& canvas, const viewmodel::Model& model);

// The lines of what travels now: below pods and names, which stay readable.
void draw_ways(const Canvas& canvas, const viewmodel::Model& model, const std::vector<Flow>& flows);
// Flying dots, and the labels of what travels, which `map` remembers: on no name, no pod and no other label, or left out.
void draw_traffic(const Canvas& canvas, const viewmodel::Model& model, const std::vector<Flow>& flows, MapState& map);

}  // namespace orrery::views
