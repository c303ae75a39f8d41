// What the cluster's parts reported, newest first.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"
#include "playground/widgets/draw.h"

namespace orrery::views {

// One of a list, in a row kEventRow high.
constexpr float kEventRow = 52;
void draw_event(const widgets::Pen& pen, const viewmodel::Model& model, const viewmodel::Event& event, const widgets::Rect& rect, bool hovered);

class EventsView {
 public:
  static void draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue);
};

}  // namespace orrery::views
