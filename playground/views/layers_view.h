// On-premises, IaaS, PaaS, SaaS as stacks side by side: who looks after which layer.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"

namespace orrery::views {

class LayersView {
 public:
  static void draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue);
};

}  // namespace orrery::views
