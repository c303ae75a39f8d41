// Services, Ingresses, claims, ConfigMaps and Secrets below the nodes; lines to their pods while one of them, or one of
// these pods, is looked at.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/map_canvas.h"

namespace orrery::views {

void draw_things(const Canvas& canvas, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue);

}  // namespace orrery::views
