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
// Flying dots and counted streams.
void draw_traffic(const Canvas& canvas, const viewmodel::Model& model);

}  // namespace orrery::views
