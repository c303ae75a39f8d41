// NodeResourcesBalancedAllocation: the nearer the used parts of cpu and memory are to each other, the better.
// Half their distance is the standard deviation of two. In millionths, where kube-scheduler has floats.
#include "core/scheduler/rule.h"

namespace orrery::scheduler {
namespace {

constexpr int64_t kWhole = 1'000'000;

int64_t used_part(int64_t requested, int64_t capacity) {
  if (requested >= capacity) return kWhole;
  return static_cast<int64_t>(static_cast<__int128>(requested) * kWhole / capacity);
}

}  // namespace

int64_t score_balanced_allocation(const PodInfo& pod, const NodeInfo& node, const Cluster&) {
  if (pod.best_effort) return 0;  // kube-scheduler skips the rule for pods without requests
  bool cpu = node.allocatable.cpu_m > 0, memory = node.allocatable.memory > 0;
  if (!cpu || !memory) return kScoreMax;
  int64_t a = used_part(node.requested.cpu_m + pod.requests.cpu_m, node.allocatable.cpu_m);
  int64_t b = used_part(node.requested.memory + pod.requests.memory, node.allocatable.memory);
  int64_t deviation = (a > b ? a - b : b - a) / 2;
  return (kWhole - deviation) * kScoreMax / kWhole;
}

}  // namespace orrery::scheduler
