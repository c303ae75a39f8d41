// How the map is grouped and what its signs say: one small control in the map's corner, and the legend.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"
#include "playground/widgets/draw.h"

namespace orrery::views {

// The button ends at `right`; returns where it begins. What it opens lies over the map.
float draw_look_button(const widgets::Pen& pen, const viewmodel::Model& model, ViewState& state, float right, float y);
// The opened choice, and the legend in the lower left corner while the signs say something else than usual.
void draw_look(const widgets::Pen& pen, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const viewmodel::Rect& map);
// What the legend takes of the map's width; 0 where it lies over the map or isn't shown.
float legend_space(const widgets::Pen& pen, const viewmodel::Model& model, ViewState& state, const viewmodel::Rect& map);
// What the opened choice takes of it, on the right.
float look_space(const widgets::Pen& pen, const viewmodel::Model& model, ViewState& state, const viewmodel::Rect& map);
// Alt+G and Alt+C, from anywhere on the page.
void read_look_keys(const viewmodel::Model& model, commands::CommandQueue& queue);

// A pod's sign under the chosen colouring.
void draw_mark(const widgets::Pen& pen, float cx, float cy, float radius, const viewmodel::PodMark& mark, ImU32 color);

}  // namespace orrery::views
