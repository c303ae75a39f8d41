// Rooms of pods that belong together for another reason than their node.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/map_canvas.h"

namespace orrery::views {

// At most `names` of the rooms are named, those of most pods first; the others while they are pointed at.
void draw_groups(const Canvas& canvas, const viewmodel::Model& model, commands::CommandQueue& queue, int names);

}  // namespace orrery::views
