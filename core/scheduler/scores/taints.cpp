// TaintToleration: the fewer taints PreferNoSchedule that the pod doesn't tolerate, the better.
#include "core/client/match.h"
#include "core/scheduler/rule.h"

namespace orrery::scheduler {

int64_t score_taints(const PodInfo& pod, const NodeInfo& node, const Cluster&) {
  if (!node.prefers_no_schedule) return 0;
  int64_t count = 0;
  for (const auto& taint : node.node->spec.taints)
    if (taint.effect == "PreferNoSchedule" && !client::tolerated(taint, pod.pod->spec.tolerations)) ++count;
  return count;
}

}  // namespace orrery::scheduler
