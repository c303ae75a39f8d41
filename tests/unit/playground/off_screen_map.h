// The map of a made-up cluster, drawn without a window, 1280 by 720.
#pragma once

#include "playground/views/map_view.h"
#include "tests/unit/playground/fixture_source.h"
#include "tests/unit/playground/off_screen.h"

namespace orrery::test {

struct OffScreenMap : OffScreen {
  viewmodel::Model model;
  views::ViewState state;

  OffScreenMap(int nodes, int pods) : OffScreen(1280, 720) {
    make_fixture_source({nodes, pods})->refresh(model.cluster);
    fonts.give(state.theme);
    widgets::apply_style(state.theme);
    state.layout = viewmodel::compute_layout(1280, 720);
  }
  void draw() {
    ImGui::NewFrame();
    commands::CommandQueue queue;
    views::MapView::draw(model, state, queue);
    ImGui::Render();
  }
};

}  // namespace orrery::test
