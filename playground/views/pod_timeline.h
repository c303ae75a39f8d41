// What happened to a pod, lane by lane over time.
#pragma once

#include "playground/viewmodel/model.h"
#include "playground/widgets/draw.h"

namespace orrery::views {

// Returns the height it took.
float draw_timeline(const widgets::Pen& pen, const viewmodel::Model& model, const viewmodel::Pod& pod, const viewmodel::Rect& rect);

}  // namespace orrery::views
