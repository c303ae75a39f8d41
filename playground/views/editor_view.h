// A manifest being edited: line numbers, the lines that were refused, and below it what the API server said.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"
#include "playground/widgets/draw.h"

namespace orrery::views {

void draw_editor(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const viewmodel::Rect& rect);

}  // namespace orrery::views
