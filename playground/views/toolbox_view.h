// The toolbox over the map: what can be broken of the selected thing, and above the map what is broken now.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"
#include "playground/widgets/draw.h"

namespace orrery::views {

// Opens above `bottom`, at the right. Closed again by Escape, or when nothing fits what is selected.
void draw_toolbox(const widgets::Pen& pen, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue,
                  const viewmodel::Rect& map);
// One strip a fault along the top of the map, each with its remedy; and the height that they take.
float faults_height(const viewmodel::Model& model);
void draw_faults(const widgets::Pen& pen, const viewmodel::Model& model, commands::CommandQueue& queue, const viewmodel::Rect& map);

}  // namespace orrery::views
