// The page itself: its regions, the tabs, the time bar, the lesson beside them.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"

namespace orrery::views {

class ShellView {
 public:
  static void draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue);
};

}  // namespace orrery::views
