// A pen that draws in map units.
#pragma once

#include <vector>

#include "playground/views/view_state.h"
#include "playground/widgets/draw.h"

namespace orrery::views {

struct Canvas {
  widgets::Pen pen;
  viewmodel::Rect view;  // on the screen
  MapCamera camera;
  const viewmodel::MapLayout* map = nullptr;
  std::vector<viewmodel::Rect>* written = nullptr;  // where names stand on the screen: what moves keeps its own label off them

  ImVec2 to_screen(float x, float y) const { return {view.x + (x - camera.x) * camera.zoom, view.y + (y - camera.y) * camera.zoom}; }
  viewmodel::Rect to_screen(const viewmodel::Rect& r) const {
    const ImVec2 a = to_screen(r.x, r.y);
    return {a.x, a.y, r.w * camera.zoom, r.h * camera.zoom};
  }
  // Remembers that text of that size stands there.
  void write(float x, float cy, float width) const {
    if (written) written->push_back({x - 2, cy - 9, width + 4, 18});
  }
  bool visible(const viewmodel::Rect& on_screen) const {
    return on_screen.right() > view.x && on_screen.x < view.right() && on_screen.bottom() > view.y && on_screen.y < view.bottom();
  }
};

}  // namespace orrery::views
