// The selected object's text: YAML or describe, as the API server gives it.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"

namespace orrery::views {

class ObjectView {
 public:
  static void draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue);
};

}  // namespace orrery::views
