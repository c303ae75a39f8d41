// A plan: a cluster, and what is done to it when, all drawn from one seed. A recording before it happened: a failing one
// is cut down and printed as such.
#pragma once

#include "runtime_sim/recording/recording.h"

namespace orrery::sim {

struct Plan {
  Recording recording;
  Instant healed_at;  // every fault has ended by then
};

Plan draw_plan(uint64_t seed);
// With those inputs only that `keep` names (all when it is empty).
Recording part_of(const Plan& plan, const std::vector<bool>& keep);

}  // namespace orrery::sim
