// TaintToleration: taints with the effects NoSchedule and NoExecute keep pods away that don't tolerate them.
#include "core/client/match.h"
#include "core/scheduler/rule.h"

namespace orrery::scheduler {

Verdict filter_taints(const PodInfo& pod, const NodeInfo& node) {
  for (const auto& taint : node.node->spec.taints)
    if ((taint.effect == "NoSchedule" || taint.effect == "NoExecute") &&
        !client::tolerated(taint, pod.pod->spec.tolerations))
      return {kTaint, {}};
  return {};
}

}  // namespace orrery::scheduler
