// custom.metrics.k8s.io and external.metrics.k8s.io, where the metrics source says that there is an adapter. Measured, never
// stored. Sources: kubernetes-sigs/custom-metrics-apiserver (pkg/apiserver/installer: paths; pkg/provider: resources and
// errors), kubernetes-sigs/prometheus-adapter pkg/custom-provider (what is found), k8s.io/metrics pkg/apis (shapes).
//
// Pods that count what they answer have http_requests_per_second; a Service and an Ingress have the sum over the pods
// behind them, a Namespace that over all of its pods. External metrics are the same in every namespace.
#pragma once

#include <string>
#include <vector>

#include "core/apiserver/call.h"
#include "core/apiserver/registry/registry.h"
#include "core/ports/metrics_source.h"

namespace orrery::apiserver {

inline constexpr std::string_view kCustomMetrics = "custom.metrics.k8s.io", kExternalMetrics = "external.metrics.k8s.io";

inline bool has_adapter(const ports::MetricsSource* source) { return source && source->has_adapter(); }
bool is_adapted_group(std::string_view group);
// A path below one of the adapter's served versions.
bool is_adapted(const RequestInfo& info);
// REQUIRES: has_adapter(&source), is_adapted(call.info)
Answer answer_adapted(const CallRecord& call, const Registry& registry, const ports::MetricsSource& source, WallTime now);

// For discovery: "pods/http_requests_per_second" of custom, "queue_messages_ready" of external metrics. While nothing is
// measured there is none.
struct AdaptedResource {
  std::string name;
  bool namespaced = true;
};
std::vector<AdaptedResource> adapted_resources(std::string_view group, const ports::MetricsSource& source);
std::vector<std::string_view> adapted_versions(std::string_view group);  // preferred first
std::string_view adapted_kind(std::string_view group);                   // "MetricValueList"

}  // namespace orrery::apiserver
