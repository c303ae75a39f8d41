// What is selected, and what can be done with it: as a strip below the map, or as a column beside it.
#pragma once

#include <vector>

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"
#include "playground/widgets/draw.h"

namespace orrery::views {

constexpr float kMapCardHeight = 72, kMapCardWidth = 248;

// A strip where `rect` is no higher than kMapCardHeight, else a column.
void draw_map_card(const widgets::Pen& pen, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue,
                   const viewmodel::Rect& rect);

}  // namespace orrery::views
