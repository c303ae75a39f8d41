// What the selected object belongs to and what belongs to it, drawn from left to right.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"
#include "playground/widgets/draw.h"

namespace orrery::views {

void draw_links(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const viewmodel::Rect& rect);

}  // namespace orrery::views
