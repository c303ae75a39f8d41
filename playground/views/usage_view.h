// What the selected pod or node uses: two plots.
#pragma once

#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"

namespace orrery::views {

void draw_usage(const viewmodel::Model& model, ViewState& state, const viewmodel::Rect& rect);

}  // namespace orrery::views
