// For views about one pod, while none is selected: the pods to choose from, the newest first. The map may not be shown.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/widgets/draw.h"

namespace orrery::views {

void choose_pod(const widgets::Pen& pen, const viewmodel::Model& model, commands::CommandQueue& queue, float x, float y, float width);

}  // namespace orrery::views
