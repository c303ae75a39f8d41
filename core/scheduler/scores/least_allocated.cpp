// NodeResourcesFit, strategy LeastAllocated: the more cpu and memory stays free, the better.
#include "core/scheduler/rule.h"

namespace orrery::scheduler {
namespace {

int64_t free_part(int64_t requested, int64_t capacity) {
  if (requested > capacity) return 0;
  return (capacity - requested) * kScoreMax / capacity;
}

}  // namespace

int64_t score_least_allocated(const PodInfo& pod, const NodeInfo& node, const Cluster&) {
  int64_t sum = 0, weights = 0;
  if (node.allocatable.cpu_m > 0) {
    sum += free_part(node.score_cpu_m + pod.score_cpu_m, node.allocatable.cpu_m);
    ++weights;
  }
  if (node.allocatable.memory > 0) {
    int64_t mib = node.allocatable.memory >> 10;  // in KiB, so that the product fits
    sum += free_part((node.score_memory + pod.score_memory) >> 10, mib > 0 ? mib : 1);
    ++weights;
  }
  return weights == 0 ? 0 : sum / weights;
}

}  // namespace orrery::scheduler
