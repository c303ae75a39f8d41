// From what pods use to how many are needed. Source: pkg/controller/podautoscaler/replica_calculator.go and the
// Kubernetes documentation, "Horizontal Pod Autoscaling", "Algorithm details".
#pragma once

#include <map>

#include "core/base/result.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

struct PodMetric {
  int64_t milli = 0;  // thousandths of a CPU, of a byte
  WallTime at;
  Duration window;
};
using PodMetrics = std::map<Str, PodMetric>;  // by pod name

// A ratio of usage to target within these of 1 changes nothing. In thousandths.
struct Tolerance {
  int64_t down = 100, up = 100;
};

struct CalculatorInput {
  int32_t current = 0;
  Str resource;         // "cpu"
  Str container;        // empty: the whole pod
  const Pods* pods = nullptr;
  PodMetrics metrics;
  Tolerance tolerance;
  WallTime now;
};
struct ReplicaProposal {
  int32_t replicas = 0;
  int32_t utilization = 0;  // percent of the requests; by_utilization only
  int64_t average = 0;      // thousandths
};
// Errors are worded as upstream's: "did not receive metrics for targeted pods (pods might be unready)".
Result<ReplicaProposal> by_utilization(CalculatorInput input, int32_t target_percent);
Result<ReplicaProposal> by_average(CalculatorInput input, int64_t target_milli);

// A metric of something else than the pods: all of it against a target, or its share of each pod against one.
struct WholeInput {
  int32_t current = 0;   // that the target is to have; by_share: that it has
  int64_t milli = 0;     // the metric, and what is wanted of it
  int64_t target_milli = 0;
  const Pods* pods = nullptr;  // by_value: those that are ready share it now
  Tolerance tolerance;
};
Result<ReplicaProposal> by_value(const WholeInput& input);  // its average is the whole metric
ReplicaProposal by_share(const WholeInput& input);

}  // namespace orrery::controllers
