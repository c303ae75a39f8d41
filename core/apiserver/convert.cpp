#include "core/apiserver/convert.h"

#include "core/api/gen/autoscaling_v1.h"
#include "core/api/gen/autoscaling_v2.h"
#include "core/api/gen/core_v1.h"
#include "core/api/gen/events_v1.h"
#include "core/api/json.h"
#include "core/base/text.h"

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

// --- autoscalers. v1 knows one metric, the CPU's utilization; all else stands in annotations, as JSON.
// Source: pkg/apis/autoscaling/v1/conversion.go, pkg/apis/autoscaling/annotations.go

constexpr const char* kMetricsNote = "autoscaling.alpha.kubernetes.io/metrics";
constexpr const char* kCurrentMetricsNote = "autoscaling.alpha.kubernetes.io/current-metrics";
constexpr const char* kConditionsNote = "autoscaling.alpha.kubernetes.io/conditions";
constexpr const char* kBehaviorNote = "autoscaling.alpha.kubernetes.io/behavior";
// The behavior is written with the internal type's names, which have no JSON tags.
constexpr const char* kBehaviorNames[] = {"scaleUp", "scaleDown", "stabilizationWindowSeconds", "selectPolicy", "policies",
                                          "type",    "value",     "periodSeconds",              "tolerance"};

std::string behavior_names(std::string json, bool internal) {
  for (const char* name : kBehaviorNames) {
    const std::string own = cat("\"", name, "\":");
    std::string capital = own;
    capital[1] = static_cast<char>(capital[1] - 'a' + 'A');
    json = replace_all(std::move(json), internal ? own : capital, internal ? capital : own);
  }
  return json;
}

// The elements of a JSON list of objects, as text.
std::vector<std::string_view> elements_of(std::string_view list) {
  std::vector<std::string_view> out;
  size_t depth = 0, from = 0;
  bool text = false;
  for (size_t i = 0; i < list.size(); ++i) {
    const char c = list[i];
    if (text && c == '\\') ++i;
    else if (c == '"') text = !text;
    else if (!text && c == '{' && depth++ == 0) from = i;
    else if (!text && c == '}' && depth > 0 && --depth == 0) out.push_back(list.substr(from, i + 1 - from));
  }
  return out;
}

v1::CrossVersionObjectReference to_v1(const v2::CrossVersionObjectReference& in) {
  v1::CrossVersionObjectReference out;
  out.kind = in.kind;
  out.name = in.name;
  out.apiVersion = in.apiVersion;
  return out;
}
v2::CrossVersionObjectReference to_v2(const v1::CrossVersionObjectReference& in) {
  v2::CrossVersionObjectReference out;
  out.kind = in.kind;
  out.name = in.name;
  out.apiVersion = in.apiVersion;
  return out;
}
v2::MetricIdentifier metric_named(const Str& name, const Box<api::meta_v1::LabelSelector>& selector) {
  v2::MetricIdentifier out;
  out.name = name;
  out.selector = selector;
  return out;
}
v2::MetricTarget metric_target(const std::optional<Quantity>& value, const std::optional<Quantity>& average) {
  v2::MetricTarget out;
  out.type = average ? "AverageValue" : "Value";
  if (!average) out.value = value;
  out.averageValue = average;
  return out;
}

template <class From, class To>
void resource_to_v1(const From& in, To& out) {
  out.name = in.name;
  out.targetAverageUtilization = in.target.averageUtilization;
  out.targetAverageValue = in.target.averageValue;
}
template <class From, class To>
void resource_to_v2(const From& in, To& out) {
  out.name = in.name;
  out.target.type = in.targetAverageUtilization ? "Utilization" : "AverageValue";
  out.target.averageUtilization = in.targetAverageUtilization;
  out.target.averageValue = in.targetAverageValue;
}
template <class From, class To>
void usage_to_v1(const From& in, To& out) {
  out.name = in.name;
  out.currentAverageUtilization = in.current.averageUtilization;
  out.currentAverageValue = in.current.averageValue.value_or(Quantity());
}
template <class From, class To>
void usage_to_v2(const From& in, To& out) {
  out.name = in.name;
  out.current.averageUtilization = in.currentAverageUtilization;
  out.current.averageValue = in.currentAverageValue;
}

v1::MetricSpec to_v1(const v2::MetricSpec& in) {
  v1::MetricSpec out;
  out.type = in.type;
  if (in.object) {
    auto& object = out.object.mut();
    object.target = to_v1(in.object->describedObject);
    object.metricName = in.object->metric.name;
    object.selector = in.object->metric.selector;
    object.targetValue = in.object->target.value.value_or(Quantity());
    object.averageValue = in.object->target.averageValue;
  }
  if (in.pods) {
    out.pods.mut().metricName = in.pods->metric.name;
    out.pods.mut().selector = in.pods->metric.selector;
    out.pods.mut().targetAverageValue = in.pods->target.averageValue.value_or(Quantity());
  }
  if (in.resource) resource_to_v1(*in.resource, out.resource.mut());
  if (in.containerResource) {
    resource_to_v1(*in.containerResource, out.containerResource.mut());
    out.containerResource.mut().container = in.containerResource->container;
  }
  if (in.external) {
    out.external.mut().metricName = in.external->metric.name;
    out.external.mut().metricSelector = in.external->metric.selector;
    out.external.mut().targetValue = in.external->target.value;
    out.external.mut().targetAverageValue = in.external->target.averageValue;
  }
  return out;
}

v2::MetricSpec to_v2(const v1::MetricSpec& in) {
  v2::MetricSpec out;
  out.type = in.type;
  if (in.object) {
    auto& object = out.object.mut();
    object.describedObject = to_v2(in.object->target);
    object.metric = metric_named(in.object->metricName, in.object->selector);
    object.target = metric_target(in.object->targetValue, in.object->averageValue);
  }
  if (in.pods) {
    out.pods.mut().metric = metric_named(in.pods->metricName, in.pods->selector);
    out.pods.mut().target = metric_target({}, in.pods->targetAverageValue);
  }
  if (in.resource) resource_to_v2(*in.resource, out.resource.mut());
  if (in.containerResource) {
    resource_to_v2(*in.containerResource, out.containerResource.mut());
    out.containerResource.mut().container = in.containerResource->container;
  }
  if (in.external) {
    out.external.mut().metric = metric_named(in.external->metricName, in.external->metricSelector);
    out.external.mut().target = metric_target(in.external->targetValue, in.external->targetAverageValue);
  }
  return out;
}

v1::MetricStatus to_v1(const v2::MetricStatus& in) {
  v1::MetricStatus out;
  out.type = in.type;
  if (in.object) {
    auto& object = out.object.mut();
    object.target = to_v1(in.object->describedObject);
    object.metricName = in.object->metric.name;
    object.selector = in.object->metric.selector;
    object.currentValue = in.object->current.value.value_or(Quantity());
    object.averageValue = in.object->current.averageValue;
  }
  if (in.pods) {
    out.pods.mut().metricName = in.pods->metric.name;
    out.pods.mut().selector = in.pods->metric.selector;
    out.pods.mut().currentAverageValue = in.pods->current.averageValue.value_or(Quantity());
  }
  if (in.resource) usage_to_v1(*in.resource, out.resource.mut());
  if (in.containerResource) {
    usage_to_v1(*in.containerResource, out.containerResource.mut());
    out.containerResource.mut().container = in.containerResource->container;
  }
  if (in.external) {
    out.external.mut().metricName = in.external->metric.name;
    out.external.mut().metricSelector = in.external->metric.selector;
    out.external.mut().currentValue = in.external->current.value.value_or(Quantity());
    out.external.mut().currentAverageValue = in.external->current.averageValue;
  }
  return out;
}

v2::MetricStatus to_v2(const v1::MetricStatus& in) {
  v2::MetricStatus out;
  out.type = in.type;
  if (in.object) {
    auto& object = out.object.mut();
    object.describedObject = to_v2(in.object->target);
    object.metric = metric_named(in.object->metricName, in.object->selector);
    object.current.value = in.object->currentValue;
    object.current.averageValue = in.object->averageValue;
  }
  if (in.pods) {
    out.pods.mut().metric = metric_named(in.pods->metricName, in.pods->selector);
    out.pods.mut().current.averageValue = in.pods->currentAverageValue;
  }
  if (in.resource) usage_to_v2(*in.resource, out.resource.mut());
  if (in.containerResource) {
    usage_to_v2(*in.containerResource, out.containerResource.mut());
    out.containerResource.mut().container = in.containerResource->container;
  }
  if (in.external) {
    out.external.mut().metric = metric_named(in.external->metricName, in.external->metricSelector);
    out.external.mut().current.value = in.external->currentValue;
    out.external.mut().current.averageValue = in.external->currentAverageValue;
  }
  return out;
}

bool is_cpu(const v2::MetricSpec& m) { return m.resource && m.resource->name == "cpu" && m.resource->target.averageUtilization; }

void notes_to_v2(const Map<Str>& notes, v2::HorizontalPodAutoscaler& out) {
  auto note = [&](const char* name) {
    const Str* text = notes.find(name);
    return text ? text->view() : std::string_view();
  };
  for (std::string_view one : elements_of(note(kMetricsNote)))
    if (auto metric = api::from_json<v1::MetricSpec>(one)) out.spec.metrics.push_back(to_v2(*metric));
  // They say more than the one field.
  if (notes.find(kCurrentMetricsNote)) out.status.currentMetrics.clear();
  for (std::string_view one : elements_of(note(kCurrentMetricsNote)))
    if (auto metric = api::from_json<v1::MetricStatus>(one)) out.status.currentMetrics.push_back(to_v2(*metric));
  for (std::string_view one : elements_of(note(kConditionsNote)))
    if (auto condition = api::from_json<v2::HorizontalPodAutoscalerCondition>(one)) out.status.conditions.push_back(*condition);
  if (std::string_view text = note(kBehaviorNote); !text.empty())
    if (auto behavior = api::from_json<v2::HorizontalPodAutoscalerBehavior>(behavior_names(std::string(text), false))) out.spec.behavior.mut() = *behavior;
  for (const char* name : {kMetricsNote, kCurrentMetricsNote, kConditionsNote, kBehaviorNote})
    if (notes.find(name)) out.metadata.annotations.erase(name);
}

template <class T>
void add_note(Map<Str>& notes, const char* name, const std::vector<T>& list) {
  if (list.empty()) return;
  std::string json;
  for (const T& one : list) json += cat(json.empty() ? "[" : ",", api::to_json(one));
  notes.set(name, Str(json + "]"));
}

void notes_from_v2(const v2::HorizontalPodAutoscaler& in, Map<Str>& notes) {
  std::vector<v1::MetricSpec> metrics;
  for (const v2::MetricSpec& m : in.spec.metrics)
    if (!is_cpu(m)) metrics.push_back(to_v1(m));
  std::vector<v1::MetricStatus> current;
  for (const v2::MetricStatus& m : in.status.currentMetrics) current.push_back(to_v1(m));
  std::vector<v2::HorizontalPodAutoscalerCondition> conditions;
  for (const auto& condition : in.status.conditions) conditions.push_back(condition);
  add_note(notes, kMetricsNote, metrics);
  add_note(notes, kCurrentMetricsNote, current);
  add_note(notes, kConditionsNote, conditions);
  if (in.spec.behavior) notes.set(kBehaviorNote, Str(behavior_names(api::to_json(*in.spec.behavior), true)));
}

void autoscaler_to_v2(const v1::HorizontalPodAutoscaler& in, v2::HorizontalPodAutoscaler& out) {
  out.metadata = in.metadata;
  out.spec.scaleTargetRef = to_v2(in.spec.scaleTargetRef);
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
  notes_to_v2(in.metadata.annotations, out);
}

void autoscaler_from_v2(const v2::HorizontalPodAutoscaler& in, v1::HorizontalPodAutoscaler& out) {
  out.metadata = in.metadata;
  out.spec.scaleTargetRef = to_v1(in.spec.scaleTargetRef);
  out.spec.minReplicas = in.spec.minReplicas;
  out.spec.maxReplicas = in.spec.maxReplicas;
  for (const v2::MetricSpec& m : in.spec.metrics)
    if (is_cpu(m))
      out.spec.targetCPUUtilizationPercentage = m.resource->target.averageUtilization;
  out.status.observedGeneration = in.status.observedGeneration;
  out.status.lastScaleTime = in.status.lastScaleTime;
  out.status.currentReplicas = in.status.currentReplicas;
  out.status.desiredReplicas = in.status.desiredReplicas;
  for (const v2::MetricStatus& m : in.status.currentMetrics)
    if (m.resource && m.resource->name == "cpu" && m.resource->current.averageUtilization)
      out.status.currentCPUUtilizationPercentage = m.resource->current.averageUtilization;
  notes_from_v2(in, out.metadata.annotations);
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
