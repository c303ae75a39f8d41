// The whole map in a corner while only a part of it is shown: click, drag or the arrow keys move that part.
#pragma once

#include "playground/viewmodel/model.h"
#include "playground/views/map_canvas.h"

namespace orrery::views {

// Draws nothing while all of the map is in the view.
void draw_minimap(const Canvas& canvas, const viewmodel::Model& model, ViewState& state);

}  // namespace orrery::views
