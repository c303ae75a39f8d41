// NodeName: a pod that names its node goes nowhere else.
#include "core/scheduler/rule.h"

namespace orrery::scheduler {

Verdict filter_node_name(const PodInfo& pod, const NodeInfo& node) {
  const Str& wanted = pod.pod->spec.nodeName;
  if (wanted.empty() || wanted == node.name) return {};
  return {kNodeName, {}};
}

}  // namespace orrery::scheduler
