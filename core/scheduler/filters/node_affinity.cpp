// NodeAffinity: nodeSelector, and the required terms of nodeAffinity, of which one must match.
#include "core/client/match.h"
#include "core/scheduler/rule.h"

namespace orrery::scheduler {

Verdict filter_node_affinity(const PodInfo& pod, const NodeInfo& node) {
  if (client::matches_required_affinity(*pod.pod, *node.node)) return {};
  return {kAffinity, {}};
}

}  // namespace orrery::scheduler
