#include "runtime_sim/recording/checkpoints.h"

#include <algorithm>
#include <cmath>

namespace orrery::sim {

void Checkpoints::offer(const SimWorld& world, size_t next, const Hands::Sessions& typed) {
  const Instant now = world.loop().now();
  const uint64_t work = world.loop().state().next_seq;
  if (!points_.empty() && points_.back().at >= now) return;  // replaying
  const uint64_t last = points_.empty() ? 0 : points_.back().work;
  if (work - last < limits_.tasks) return;
  const size_t bytes = world.copy_bytes();
  if (bytes > limits_.bytes || work - last < bytes / limits_.bytes_a_task) return;
  Point point{now, next, work, bytes, world.copy(), typed};
  for (uint64_t session : point.world->kubectl().sessions()) {
    const bool kept = std::any_of(typed.begin(), typed.end(), [&](const auto& line) { return line.second.id == session; });
    if (!kept) point.world->kubectl().interrupt(session);
  }
  points_.push_back(std::move(point));
  thin();
}

// The one whose loss adds least to a replay goes, measured against how far back it lies: distances grow with the root of
// the age, so that an hour's far end stays near enough. The newest stays.
void Checkpoints::thin() {
  while (points_.size() > 1 && (points_.size() > limits_.count || bytes() > limits_.bytes)) {
    const uint64_t end = points_.back().work;
    size_t victim = 0;
    double least = 0;
    for (size_t i = 0; i + 1 < points_.size(); ++i) {
      const uint64_t before = i == 0 ? 0 : points_[i - 1].work;
      const double loss = double(points_[i + 1].work - before) / std::sqrt(double(end - points_[i].work));
      if (i > 0 && loss >= least) continue;
      least = loss;
      victim = i;
    }
    points_.erase(points_.begin() + std::ptrdiff_t(victim));
  }
}

const Checkpoints::Point* Checkpoints::before(Instant at) const {
  const Point* best = nullptr;
  for (const Point& point : points_)
    if (point.at < at) best = &point;
  return best;
}

void Checkpoints::forget_from(Instant at) {
  while (!points_.empty() && points_.back().at >= at) points_.pop_back();
}

size_t Checkpoints::bytes() const {
  size_t sum = 0;
  for (const Point& point : points_) sum += point.bytes;
  return sum;
}

}  // namespace orrery::sim
