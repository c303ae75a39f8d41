// Runs a plan with every checker beside it, then heals and demands that the cluster converges.
#pragma once

#include "runtime_sim/checkers/checker.h"
#include "runtime_sim/swarm/plan.h"

namespace orrery::sim {

constexpr Duration kSettleMax = minutes(30);  // of virtual time after healing: back-offs last up to five minutes
// Without a write that is no heartbeat: settled. A watch that was lost is tried again after up to 30 s, a call that got no
// answer after a minute.
constexpr Duration kQuiet = minutes(2);

// A run that goes through more tasks has got stuck in work that begets more of itself: violation "progress".
struct SwarmLimits {
  uint64_t slice_tasks_max = 100'000;  // in a fifth of a second of virtual time
  uint64_t tasks_max = 5'000'000;      // in all; an ordinary run has a hundredth of that
};

struct SwarmRun {
  uint64_t seed = 0;
  Report violations;
  uint64_t fingerprint = 0;
  uint64_t tasks = 0, changes = 0;
  Duration virtual_time;
};

// `keep`: which steps are done; empty: all.
SwarmRun run_plan(const Plan& plan, const std::vector<bool>& keep = {}, const SwarmLimits& limits = {});
// The steps without which the first violation's checker no longer complains: cut by halves, then one by one. `runs_max`
// bounds the work.
std::vector<bool> shrink_plan(const Plan& plan, const Str& checker, int runs_max);

}  // namespace orrery::sim
