// What the scheduler explains is what it decided: compared after a run, as no change of an object shows it.
#pragma once

#include "core/scheduler/scheduler.h"
#include "runtime_sim/checkers/checker.h"

namespace orrery::sim {

// The scheduler's newest decisions, so many, are explained as they were made: as many nodes fit, the chosen one has the
// total that won, and the refusals are those that were told.
constexpr size_t kExplainedMax = 32;
Report check_explanations(const scheduler::Scheduler& scheduler, Instant now);
// What differs between a decision and its explanation: "3 nodes fit, and 2 did", or "".
std::string explanation_differs(const scheduler::Decision& decision, const std::vector<scheduler::NodeReport>& nodes);

}  // namespace orrery::sim
