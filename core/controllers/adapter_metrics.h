// What an autoscaler asks an adapter, and what the answers say: custom.metrics.k8s.io about its pods or another object,
// external.metrics.k8s.io about what is outside the cluster. Errors are worded as upstream's.
// Source: pkg/controller/podautoscaler/metrics/client.go; k8s.io/metrics pkg/client/custom_metrics, external_metrics.
#pragma once

#include "core/api/gen/autoscaling_v2.h"
#include "core/client/plan.h"
#include "core/controllers/replica_calculator.h"

namespace orrery::controllers {

// `pods`: the target's selector, as text.
client::Read ask_pods_metric(const Str& ns, const Str& pods, const api::autoscaling_v2::MetricIdentifier& metric);
// `resource`: the described object's kind as a path names it, "ingresses.networking.k8s.io".
client::Read ask_object_metric(const Str& ns, const Str& resource, const Str& name, const api::autoscaling_v2::MetricIdentifier& metric);
client::Read ask_external_metric(const Str& ns, const api::autoscaling_v2::MetricIdentifier& metric);

Result<PodMetrics> pods_metric(const client::Answer& answer);
Result<int64_t> object_metric(const client::Answer& answer);                       // thousandths
Result<int64_t> external_metric(const client::Answer& answer, const Str& metric);  // the sum of all series, likewise

// As Go prints a *metav1.LabelSelector with %+v: "nil", "&LabelSelector{MatchLabels:map[string]string{queue: orders,},...}".
std::string go_text(const Box<api::meta_v1::LabelSelector>& selector);

}  // namespace orrery::controllers
