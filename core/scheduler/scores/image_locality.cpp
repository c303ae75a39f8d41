// ImageLocality: nodes that have the pod's images already, weighted by size and by how widely the image is spread.
#include "core/scheduler/rule.h"

namespace orrery::scheduler {
namespace {

constexpr int64_t kMegabyte = 1024 * 1024;
constexpr int64_t kThresholdMin = 23 * kMegabyte;
constexpr int64_t kThresholdMaxEach = 1000 * kMegabyte;

bool has_image(const api::core_v1::Node& node, const Str& name) {
  for (const auto& image : node.status.images)
    if (image.names.contains(name)) return true;
  return false;
}

}  // namespace

int64_t score_image_locality(const PodInfo& pod, const NodeInfo& node, const Cluster& cluster) {
  if (node.node->status.images.empty() || cluster.node_count() == 0) return 0;
  int64_t sum = 0;
  for (const Str& name : pod.images) {
    const Cluster::Image* image = cluster.image(name);
    if (image && has_image(*node.node, name)) sum += image->size * image->nodes / cluster.node_count();
  }
  int64_t max = kThresholdMaxEach * static_cast<int64_t>(pod.images.size());
  if (sum < kThresholdMin) return 0;
  if (sum > max) sum = max;
  return kScoreMax * (sum - kThresholdMin) / (max - kThresholdMin);
}

}  // namespace orrery::scheduler
