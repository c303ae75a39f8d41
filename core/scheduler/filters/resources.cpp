// NodeResourcesFit: what the pod requests must be left of what the node can allocate. Every lack is told.
#include "core/scheduler/rule.h"

namespace orrery::scheduler {
namespace {

void check(Verdict& verdict, uint32_t why, int64_t request, int64_t allocatable, int64_t used) {
  if (request <= 0 || request <= allocatable - used) return;
  verdict.why |= why;
  if (request > allocatable) verdict.why |= kNeverFits;
}

}  // namespace

Verdict filter_resources(const PodInfo& pod, const NodeInfo& node) {
  Verdict verdict;
  if (node.pod_count + 1 > node.pods_max) verdict.why |= kTooManyPods;
  const Resources& want = pod.requests;
  check(verdict, kCpu, want.cpu_m, node.allocatable.cpu_m, node.requested.cpu_m);
  check(verdict, kMemory, want.memory, node.allocatable.memory, node.requested.memory);
  check(verdict, kEphemeral, want.ephemeral, node.allocatable.ephemeral, node.requested.ephemeral);
  for (const auto& [name, amount] : want.others) {
    uint32_t before = verdict.why;
    check(verdict, kOther, amount, node.allocatable.other(name), node.requested.other(name));
    if (verdict.why != before && verdict.resource.empty()) verdict.resource = name;
  }
  return verdict;
}

}  // namespace orrery::scheduler
