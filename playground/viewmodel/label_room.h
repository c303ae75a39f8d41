// Where a label of something that moves can stand: inside the view, on no name, no pod and no other label.
// A raster of the view, so that a busy map costs no more than a quiet one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "playground/viewmodel/layout.h"

namespace orrery::viewmodel {

class LabelRoom {
 public:
  explicit LabelRoom(const Rect& view);

  // What stands there is to stay readable. Parts outside of the view don't matter.
  void take(const Rect& rect);
  bool free(const Rect& rect) const;
  // The first of `places` that is free, taken from then on; its index. Nothing: none is.
  std::optional<std::size_t> place(const std::vector<Rect>& places);

 private:
  struct Cells {
    int x0, y0, x1, y1;  // x1 and y1 are past the end
  };
  Cells cells_of(const Rect& rect) const;

  Rect view_;
  int columns_, rows_;
  std::vector<std::uint8_t> taken_;
};

}  // namespace orrery::viewmodel
