// An object's last revisions in a column, and beside it what differs between two of them.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"
#include "playground/widgets/draw.h"

namespace orrery::views {

void draw_changes(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const viewmodel::Rect& rect);

}  // namespace orrery::views
