#include "core/apiserver/convert.h"

#include "core/api/gen/autoscaling_v1.h"
#include "core/api/gen/autoscaling_v2.h"
#include "core/api/gen/core_v1.h"
#include "core/api/gen/events_v1.h"

namespace orrery::apiserver {

namespace {

namespace v1 = api::autoscaling_v1;
namespace v2 = api::autoscaling_v2;

// Source: pkg/apis/events/v1/conversion.go
void event_to_core(const api::events_v1::Event& in, api::core_v1::Event& out) {
  out.metadata = in.metadata;
  out.eventTime = in.eventTime;
  if (in.series) {
    out.series.mut().count = in.series->count;
    out.series.mut().lastObservedTime = in.series->lastObservedTime;
  }
  out.reportingComponent = in.reportingController;
  out.reportingInstance = in.reportingInstance;
  out.action = in.action;
  out.reason = in.reason;
  out.involvedObject = in.regarding;
  out.related = in.related;
  out.message = in.note;
  out.type = in.type;
  out.source = in.deprecatedSource;
  out.firstTimestamp = in.deprecatedFirstTimestamp;
  out.lastTimestamp = in.deprecatedLastTimestamp;
  out.count = in.deprecatedCount;
}

void event_from_core(const api::core_v1::Event& in, api::events_v1::Event& out) {
  out.metadata = in.metadata;
  out.eventTime = in.eventTime;
  if (in.series) {
    out.series.mut().count = in.series->count;
    out.series.mut().lastObservedTime = in.series->lastObservedTime;
  }
  out.reportingController = in.reportingComponent;
  out.reportingInstance = in.reportingInstance;
  out.action = in.action;
  out.reason = in.reason;
  out.regarding = in.involvedObject;
  out.related = in.related;
  out.note = in.message;
  out.type = in.type;
  out.deprecatedSource = in.source;
  out.deprecatedFirstTimestamp = in.firstTimestamp;
  out.deprecatedLastTimestamp = in.lastTimestamp;
  out.deprecatedCount = in.count;
}

// Source: pkg/apis/autoscaling/v1/conversion.go: v1 knows one metric, the CPU's utilization.
void autoscaler_to_v2(const v1::HorizontalPodAutoscaler& in, v2::HorizontalPodAutoscaler& out) {
  out.metadata = in.metadata;
  out.spec.scaleTargetRef.kind = in.spec.scaleTargetRef.kind;
  out.spec.scaleTargetRef.name = in.spec.scaleTargetRef.name;
  out.spec.scaleTargetRef.apiVersion = in.spec.scaleTargetRef.apiVersion;
  out.spec.minReplicas = in.spec.minReplicas;
  out.spec.maxReplicas = in.spec.maxReplicas;
  if (in.spec.targetCPUUtilizationPercentage) {
    v2::MetricSpec metric;
    metric.type = "Resource";
    metric.resource.mut().name = "cpu";
    metric.resource.mut().target.type = "Utilization";
    metric.resource.mut().target.averageUtilization = in.spec.targetCPUUtilizationPercentage;
    out.spec.metrics.push_back(std::move(metric));
  }
  out.status.observedGeneration = in.status.observedGeneration;
  out.status.lastScaleTime = in.status.lastScaleTime;
  out.status.currentReplicas = in.status.currentReplicas;
  out.status.desiredReplicas = in.status.desiredReplicas;
  if (in.status.currentCPUUtilizationPercentage) {
    v2::MetricStatus metric;
    metric.type = "Resource";
    metric.resource.mut().name = "cpu";
    metric.resource.mut().current.averageUtilization = in.status.currentCPUUtilizationPercentage;
    out.status.currentMetrics.push_back(std::move(metric));
  }
}

void autoscaler_from_v2(const v2::HorizontalPodAutoscaler& in, v1::HorizontalPodAutoscaler& out) {
  out.metadata = in.metadata;
  out.spec.scaleTargetRef.kind = in.spec.scaleTargetRef.kind;
  out.spec.scaleTargetRef.name = in.spec.scaleTargetRef.name;
  out.spec.scaleTargetRef.apiVersion = in.spec.scaleTargetRef.apiVersion;
  out.spec.minReplicas = in.spec.minReplicas;
  out.spec.maxReplicas = in.spec.maxReplicas;
  for (const v2::MetricSpec& m : in.spec.metrics)
    if (m.resource && m.resource->name == "cpu" && m.resource->target.averageUtilization)
      out.spec.targetCPUUtilizationPercentage = m.resource->target.averageUtilization;
  out.status.observedGeneration = in.status.observedGeneration;
  out.status.lastScaleTime = in.status.lastScaleTime;
  out.status.currentReplicas = in.status.currentReplicas;
  out.status.desiredReplicas = in.status.desiredReplicas;
  for (const v2::MetricStatus& m : in.status.currentMetrics)
    if (m.resource && m.resource->name == "cpu" && m.resource->current.averageUtilization)
      out.status.currentCPUUtilizationPercentage = m.resource->current.averageUtilization;
}

}  // namespace

api::MutableObject convert(api::MutableObject from, const api::TypeDesc& to) {
  api::MutableObject out(to);
  if (&to == &api::desc<api::core_v1::Event>())
    event_to_core(from.as<api::events_v1::Event>(), out.as<api::core_v1::Event>());
  else if (&to == &api::desc<api::events_v1::Event>())
    event_from_core(from.as<api::core_v1::Event>(), out.as<api::events_v1::Event>());
  else if (&to == &api::desc<v2::HorizontalPodAutoscaler>())
    autoscaler_to_v2(from.as<v1::HorizontalPodAutoscaler>(), out.as<v2::HorizontalPodAutoscaler>());
  else
    autoscaler_from_v2(from.as<v2::HorizontalPodAutoscaler>(), out.as<v1::HorizontalPodAutoscaler>());
  return out;
}

}  // namespace orrery::apiserver
