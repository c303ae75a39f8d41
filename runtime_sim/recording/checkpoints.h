// Checkpoints: copies of a world on its way through a recording, so that going back replays a short part only. They lie
// closer to each other near the newest than far back, and what they take together is bounded.
//
// A copy shares objects and texts, but every map of the components' states is its own: 0.3 MB for three empty nodes, 3 MB
// for 300 pods, 90 MB for 10,000 pods on 1,000 nodes. A world of which one copy is beyond the bound keeps none and goes
// back by replaying from its start. For less, copies would have to share what did not change between them: the kubelets'
// pods, the nodes' containers, the journal, the store's tables.
#pragma once

#include <memory>
#include <vector>

#include "runtime_sim/recording/hands.h"
#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {

struct CheckpointLimits {
  size_t count = 64;
  size_t bytes = size_t{64} << 20;  // of all together, as SimWorld::copy_bytes() estimates them
  uint64_t tasks = 12'000;          // posted between two of them: that is how far replay goes where none was dropped
  uint64_t bytes_a_task = 200;      // a big world is copied more seldom: a copy costs about a tenth of the work before it
};

class Checkpoints {
 public:
  struct Point {
    Instant at;
    size_t next = 0;    // the first input of the recording that this world hasn't seen
    uint64_t work = 0;  // tasks posted up to it
    size_t bytes = 0;
    std::unique_ptr<SimWorld> world;
    Hands::Sessions typed;
  };

  explicit Checkpoints(CheckpointLimits limits = {}) : limits_(limits) {}

  // Copies the world when enough has happened in it since the last checkpoint. `typed`: command lines of the recording
  // that run in it; others are interrupted in the copy, for they belong to someone who only looks.
  void offer(const SimWorld& world, size_t next, const Hands::Sessions& typed);
  // The last one before `at`: at that very moment inputs may have been carried out that are still to come. Null: none.
  const Point* before(Instant at) const;
  // From there on another past begins.
  void forget_from(Instant at);

  const std::vector<Point>& points() const { return points_; }
  size_t bytes() const;

 private:
  void thin();

  CheckpointLimits limits_;
  std::vector<Point> points_;  // by time
};

}  // namespace orrery::sim
