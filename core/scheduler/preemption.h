// DefaultPreemption: which pods of lower priority to evict so that a pod fits. Pure: looks, changes nothing.
// Source: pkg/scheduler/framework/preemption and plugins/defaultpreemption; Kubernetes documentation, "Pod Priority and
// Preemption".
#pragma once

#include <optional>
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

// A node where evicting some pods would help.
struct Candidate {
  uint32_t index = 0;
  std::vector<const std::shared_ptr<const PodInfo>*> victims;  // in NodeInfo::pods, most important first
  int32_t violated = 0;                                        // budgets
  // Of the victims: the first one's priority, the sum of all, and when the earliest of the first's priority started.
  int32_t highest = 0;
  int64_t sum = 0;
  WallTime earliest;
};

// VictimMemo: what was found on nodes for the last pod that preempted, for the next one if it is like it: pods that wait
// come in hundreds of one template. Kept for pods to whom only the node itself matters, one finding a node, until the
// node changes.
class VictimMemo {
 public:
  struct Finding {
    bool known = false;
    bool unresolvable = false;           // evicting nobody would help
    Verdict refused;                     // with all lower pods gone, when there is no candidate
    std::optional<Candidate> candidate;
  };
  void forget() { *this = {}; }
  // Drops what is kept of nodes that changed, or all if it was of another kind of pod.
  void prepare(const PodInfo& pod, const Cluster& cluster);
  Finding& of(uint32_t index) { return nodes_[index]; }

 private:
  struct Like {
    int32_t priority = 0;
    Resources requests;
    std::vector<HostPort> ports;
    Str node_name;
    Map<Str> node_selector;
    Box<api::core_v1::Affinity> affinity;
    List<api::core_v1::Toleration> tolerations;
    friend bool operator==(const Like&, const Like&) = default;
  };
  Like like_;
  uint64_t read_ = 0;  // position in the cluster's log
  std::vector<Finding> nodes_;
};

// `refused`: what the rules said of the nodes as they are. `memo`: of the same cluster's last call; null: nothing is kept.
Preemption find_victims(const PodInfo& pod, const Cluster& cluster, const Refusals& refused, const std::vector<BudgetPtr>& budgets,
                        uint32_t first, VictimMemo* memo = nullptr);

// Why the pod may not preempt at all: "not eligible due to preemptionPolicy=Never."; empty: it may.
// `nominated`: the node that victims were evicted from for it before, or empty.
Str not_eligible(const PodInfo& pod, const Cluster& cluster, const Str& nominated);

}  // namespace orrery::scheduler
