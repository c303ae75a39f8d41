// What the metrics API answers from: the latest usage of nodes and containers, as metrics-server gathers it from
// kubelets.
#pragma once

#include <vector>

#include "core/base/list.h"
#include "core/base/time.h"

namespace orrery::ports {

struct Usage {
  int64_t cpu_nanocores = 0;
  int64_t memory_bytes = 0;  // working set
};
struct ContainerUsage {
  Str name;
  Usage usage;
};
struct PodUsage {
  Str ns, name, uid;
  WallTime at;
  Duration window;  // over which CPU was measured
  List<ContainerUsage> containers;
};
struct NodeUsage {
  Str name;
  WallTime at;
  Duration window;
  Usage usage;
};

class MetricsSource {
 public:
  virtual ~MetricsSource() = default;
  // No: nobody answers for metrics.k8s.io, as when the pod behind an APIService is gone.
  virtual bool answers() const { return true; }
  // In order of namespace and name. What has been read less than twice is missing: CPU is a rate.
  virtual std::vector<NodeUsage> node_usage() const = 0;
  virtual std::vector<PodUsage> pod_usage() const = 0;
};

}  // namespace orrery::ports
