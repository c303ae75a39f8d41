// What the cluster's parts reported, newest first.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"

namespace orrery::views {

class EventsView {
 public:
  static void draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue);
};

}  // namespace orrery::views
