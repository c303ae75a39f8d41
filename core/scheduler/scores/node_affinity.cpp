// NodeAffinity: the weights of the preferred terms that match.
#include "core/client/match.h"
#include "core/scheduler/rule.h"

namespace orrery::scheduler {

int64_t score_node_affinity(const PodInfo& pod, const NodeInfo& node, const Cluster&) {
  const auto& affinity = pod.pod->spec.affinity;
  if (!affinity || !affinity->nodeAffinity) return 0;
  int64_t sum = 0;
  for (const auto& preferred : affinity->nodeAffinity->preferredDuringSchedulingIgnoredDuringExecution)
    if (preferred.weight != 0 && client::matches(preferred.preference, *node.node)) sum += preferred.weight;
  return sum;
}

}  // namespace orrery::scheduler
