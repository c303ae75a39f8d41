// Rooms of pods that belong together for another reason than their node.
#pragma once

#include <vector>

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/map_canvas.h"

namespace orrery::views {

// Their grounds, under the pods. Returns the rooms to be named, as indices: at most `names`, those of most pods first, and
// those that are pointed at or selected.
std::vector<std::size_t> draw_groups(const Canvas& canvas, const viewmodel::Model& model, commands::CommandQueue& queue, int names);
// Over the pods: in a small room there is no place beside them.
void draw_group_names(const Canvas& canvas, const viewmodel::Model& model, const std::vector<std::size_t>& rooms);

}  // namespace orrery::views
