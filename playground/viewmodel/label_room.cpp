#include "playground/viewmodel/label_room.h"

#include <algorithm>

namespace orrery::viewmodel {
namespace {

constexpr float kCell = 4;

// Rounded down; std::floor is a call where the processor isn't known to have it.
int cell_at(float length) {
  const float cells = std::clamp(length, -1e6f, 1e6f) / kCell;
  const int cut = int(cells);
  return cut - int(float(cut) > cells);
}

}  // namespace

LabelRoom::LabelRoom(const Rect& view)
    : view_(view), columns_(std::max(0, cell_at(view.w) + 1)), rows_(std::max(0, cell_at(view.h) + 1)),
      taken_(std::size_t(columns_) * std::size_t(rows_)) {}

LabelRoom::Cells LabelRoom::cells_of(const Rect& rect) const {
  const auto within = [](int at, int end) { return std::clamp(at, 0, end); };
  return {within(cell_at(rect.x - view_.x), columns_), within(cell_at(rect.y - view_.y), rows_),
          within(cell_at(rect.right() - view_.x) + 1, columns_), within(cell_at(rect.bottom() - view_.y) + 1, rows_)};
}

void LabelRoom::take(const Rect& rect) {
  if (rect.w <= 0 || rect.h <= 0) return;
  const Cells at = cells_of(rect);
  for (int y = at.y0; y < at.y1; ++y)
    std::fill(taken_.begin() + y * columns_ + at.x0, taken_.begin() + y * columns_ + std::max(at.x0, at.x1), std::uint8_t(1));
}

bool LabelRoom::free(const Rect& rect) const {
  if (rect.x < view_.x || rect.y < view_.y || rect.right() > view_.right() || rect.bottom() > view_.bottom()) return false;
  const Cells at = cells_of(rect);
  for (int y = at.y0; y < at.y1; ++y)
    for (int x = at.x0; x < at.x1; ++x)
      if (taken_[std::size_t(y * columns_ + x)]) return false;
  return true;
}

std::optional<std::size_t> LabelRoom::place(const std::vector<Rect>& places) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!free(places[i])) continue;
    take(places[i]);
    return i;
  }
  return std::nullopt;
}

}  // namespace orrery::viewmodel
