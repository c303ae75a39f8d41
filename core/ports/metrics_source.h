// What the metrics APIs answer from: the latest usage of nodes and containers, as metrics-server gathers it from kubelets,
// and what an adapter for metrics of other kinds knows, in a world that has one.
#pragma once

#include <optional>
#include <vector>

#include "core/base/list.h"
#include "core/base/quantity.h"
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
  std::optional<int64_t> http_requests_milli{};  // answered a second, in thousandths; not given: nothing in it counts them
};
// A measure of something outside the cluster: how long a queue is, say.
struct ExternalValue {
  Str metric;
  Map<Str> labels;
  Quantity value;
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
  // No: custom.metrics.k8s.io and external.metrics.k8s.io are not registered.
  virtual bool has_adapter() const { return false; }
  // In a fixed order.
  virtual std::vector<ExternalValue> external_values() const { return {}; }
};

// Where an adapter reads what is outside the cluster.
class ExternalMetrics {
 public:
  virtual ~ExternalMetrics() = default;
  virtual std::vector<ExternalValue> values() const = 0;  // in a fixed order
};

}  // namespace orrery::ports
