// DefaultPreemption: which pods of lower priority to evict so that a pod fits. Pure: looks, changes nothing.
// Source: pkg/scheduler/framework/preemption and plugins/defaultpreemption; Kubernetes documentation, "Pod Priority and
// Preemption".
#pragma once

#include <vector>

#include "core/api/gen/policy_v1.h"
#include "core/scheduler/chooser.h"

namespace orrery::scheduler {

using BudgetPtr = std::shared_ptr<const api::policy_v1::PodDisruptionBudget>;

struct Preemption {
  Str node;                                          // empty: nothing helps
  std::vector<std::shared_ptr<const PodInfo>> victims;  // most important first
  int32_t budgets_violated = 0;                      // victims that a disruption budget would have kept
  std::map<Str, int32_t> refusals;                   // when nothing helps: why, and of how many nodes
};

// Nodes are tried in order from `first` on, until enough candidates are found: a tenth of all, at least 100.
constexpr uint32_t kCandidatesMin = 100;
// `refused`: what the rules said of the nodes as they are.
Preemption find_victims(const PodInfo& pod, const Cluster& cluster, const Refusals& refused, const std::vector<BudgetPtr>& budgets,
                        uint32_t first);

// Why the pod may not preempt at all: "not eligible due to preemptionPolicy=Never."; empty: it may.
// `nominated`: the node that victims were evicted from for it before, or empty.
Str not_eligible(const PodInfo& pod, const Cluster& cluster, const Str& nominated);

}  // namespace orrery::scheduler
