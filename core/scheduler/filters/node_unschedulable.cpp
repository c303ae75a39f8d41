// NodeUnschedulable: a cordoned node takes only pods that tolerate the taint node.kubernetes.io/unschedulable.
#include "core/client/match.h"
#include "core/scheduler/rule.h"

namespace orrery::scheduler {

Verdict filter_node_unschedulable(const PodInfo& pod, const NodeInfo& node) {
  if (!node.node->spec.unschedulable) return {};
  api::core_v1::Taint taint;
  taint.key = "node.kubernetes.io/unschedulable";
  taint.effect = "NoSchedule";
  if (client::tolerated(taint, pod.pod->spec.tolerations)) return {};
  return {kNodeUnschedulable, {}};
}

}  // namespace orrery::scheduler
