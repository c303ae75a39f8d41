#include "core/apiserver/autoscaler_versions.h"

#include <concepts>

#include "core/api/gen/autoscaling_v1.h"
#include "core/api/gen/autoscaling_v2.h"
#include "core/api/json.h"
#include "core/base/text.h"

namespace orrery::apiserver {
namespace {

namespace v1 = api::autoscaling_v1;
namespace v2 = api::autoscaling_v2;

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

// --- one metric. Each turn() writes a part of one version into the same part of the other.

template <class From, class To>
To reference_as(const From& in) {
  To out;
  out.kind = in.kind;
  out.name = in.name;
  out.apiVersion = in.apiVersion;
  return out;
}

void turn(const v2::MetricIdentifier& in, Str& name, Box<api::meta_v1::LabelSelector>& selector) { name = in.name, selector = in.selector; }
void turn(const Str& name, const Box<api::meta_v1::LabelSelector>& selector, v2::MetricIdentifier& out) { out.name = name, out.selector = selector; }

v2::MetricTarget metric_target(const std::optional<Quantity>& value, const std::optional<Quantity>& average) {
  v2::MetricTarget out;
  out.type = average ? "AverageValue" : "Value";
  if (!average) out.value = value;
  out.averageValue = average;
  return out;
}

void turn(const v2::ObjectMetricSource& in, v1::ObjectMetricSource& out) {
  out.target = reference_as<v2::CrossVersionObjectReference, v1::CrossVersionObjectReference>(in.describedObject);
  turn(in.metric, out.metricName, out.selector);
  out.targetValue = in.target.value.value_or(Quantity());
  out.averageValue = in.target.averageValue;
}
void turn(const v1::ObjectMetricSource& in, v2::ObjectMetricSource& out) {
  out.describedObject = reference_as<v1::CrossVersionObjectReference, v2::CrossVersionObjectReference>(in.target);
  turn(in.metricName, in.selector, out.metric);
  out.target = metric_target(in.targetValue, in.averageValue);
}
void turn(const v2::ObjectMetricStatus& in, v1::ObjectMetricStatus& out) {
  out.target = reference_as<v2::CrossVersionObjectReference, v1::CrossVersionObjectReference>(in.describedObject);
  turn(in.metric, out.metricName, out.selector);
  out.currentValue = in.current.value.value_or(Quantity());
  out.averageValue = in.current.averageValue;
}
void turn(const v1::ObjectMetricStatus& in, v2::ObjectMetricStatus& out) {
  out.describedObject = reference_as<v1::CrossVersionObjectReference, v2::CrossVersionObjectReference>(in.target);
  turn(in.metricName, in.selector, out.metric);
  out.current.value = in.currentValue;
  out.current.averageValue = in.averageValue;
}

void turn(const v2::PodsMetricSource& in, v1::PodsMetricSource& out) {
  turn(in.metric, out.metricName, out.selector);
  out.targetAverageValue = in.target.averageValue.value_or(Quantity());
}
void turn(const v1::PodsMetricSource& in, v2::PodsMetricSource& out) {
  turn(in.metricName, in.selector, out.metric);
  out.target = metric_target({}, in.targetAverageValue);
}
void turn(const v2::PodsMetricStatus& in, v1::PodsMetricStatus& out) {
  turn(in.metric, out.metricName, out.selector);
  out.currentAverageValue = in.current.averageValue.value_or(Quantity());
}
void turn(const v1::PodsMetricStatus& in, v2::PodsMetricStatus& out) {
  turn(in.metricName, in.selector, out.metric);
  out.current.averageValue = in.currentAverageValue;
}

void turn(const v2::ExternalMetricSource& in, v1::ExternalMetricSource& out) {
  turn(in.metric, out.metricName, out.metricSelector);
  out.targetValue = in.target.value;
  out.targetAverageValue = in.target.averageValue;
}
void turn(const v1::ExternalMetricSource& in, v2::ExternalMetricSource& out) {
  turn(in.metricName, in.metricSelector, out.metric);
  out.target = metric_target(in.targetValue, in.targetAverageValue);
}
void turn(const v2::ExternalMetricStatus& in, v1::ExternalMetricStatus& out) {
  turn(in.metric, out.metricName, out.metricSelector);
  out.currentValue = in.current.value.value_or(Quantity());
  out.currentAverageValue = in.current.averageValue;
}
void turn(const v1::ExternalMetricStatus& in, v2::ExternalMetricStatus& out) {
  turn(in.metricName, in.metricSelector, out.metric);
  out.current.value = in.currentValue;
  out.current.averageValue = in.currentAverageValue;
}

// A resource's source and status have the same fields for the pod's and one container's.
template <class In, class Out>
concept FromTarget = requires(const In& in, Out& out) { in.target.averageUtilization, out.targetAverageUtilization; };
template <class In, class Out>
concept FromCurrent = requires(const In& in, Out& out) { in.current.averageUtilization, out.currentAverageUtilization; };

template <class In, class Out>
void turn(const In& in, Out& out) requires(FromTarget<In, Out> || FromTarget<Out, In> || FromCurrent<In, Out> || FromCurrent<Out, In>) {
  out.name = in.name;
  if constexpr (requires { out.container; }) out.container = in.container;
  if constexpr (FromTarget<In, Out>) {
    out.targetAverageUtilization = in.target.averageUtilization;
    out.targetAverageValue = in.target.averageValue;
  } else if constexpr (FromTarget<Out, In>) {
    out.target.type = in.targetAverageUtilization ? "Utilization" : "AverageValue";
    out.target.averageUtilization = in.targetAverageUtilization;
    out.target.averageValue = in.targetAverageValue;
  } else if constexpr (FromCurrent<In, Out>) {
    out.currentAverageUtilization = in.current.averageUtilization;
    out.currentAverageValue = in.current.averageValue.value_or(Quantity());
  } else {
    out.current.averageUtilization = in.currentAverageUtilization;
    out.current.averageValue = in.currentAverageValue;
  }
}

template <class In, class Out>
void part(const Box<In>& in, Box<Out>& out) {
  if (in) turn(*in, out.mut());
}

// A MetricSpec or a MetricStatus in the other version.
template <class Out, class In>
Out metric_as(const In& in) {
  Out out;
  out.type = in.type;
  part(in.object, out.object);
  part(in.pods, out.pods);
  part(in.resource, out.resource);
  part(in.containerResource, out.containerResource);
  part(in.external, out.external);
  return out;
}

bool is_cpu(const v2::MetricSpec& m) { return m.resource && m.resource->name == "cpu" && m.resource->target.averageUtilization; }

// --- annotations

void notes_to_v2(const Map<Str>& notes, v2::HorizontalPodAutoscaler& out) {
  auto note = [&](const char* name) {
    const Str* text = notes.find(name);
    return text ? text->view() : std::string_view();
  };
  for (std::string_view one : elements_of(note(kMetricsNote)))
    if (auto metric = api::from_json<v1::MetricSpec>(one)) out.spec.metrics.push_back(metric_as<v2::MetricSpec>(*metric));
  // They say more than the one field.
  if (notes.find(kCurrentMetricsNote)) out.status.currentMetrics.clear();
  for (std::string_view one : elements_of(note(kCurrentMetricsNote)))
    if (auto metric = api::from_json<v1::MetricStatus>(one)) out.status.currentMetrics.push_back(metric_as<v2::MetricStatus>(*metric));
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
    if (!is_cpu(m)) metrics.push_back(metric_as<v1::MetricSpec>(m));
  std::vector<v1::MetricStatus> current;
  for (const v2::MetricStatus& m : in.status.currentMetrics) current.push_back(metric_as<v1::MetricStatus>(m));
  std::vector<v2::HorizontalPodAutoscalerCondition> conditions;
  for (const auto& condition : in.status.conditions) conditions.push_back(condition);
  add_note(notes, kMetricsNote, metrics);
  add_note(notes, kCurrentMetricsNote, current);
  add_note(notes, kConditionsNote, conditions);
  if (in.spec.behavior) notes.set(kBehaviorNote, Str(behavior_names(api::to_json(*in.spec.behavior), true)));
}

// --- the object

// What both versions have.
template <class From, class To>
void shared_fields(const From& in, To& out) {
  out.metadata = in.metadata;
  out.spec.scaleTargetRef = reference_as<decltype(in.spec.scaleTargetRef), decltype(out.spec.scaleTargetRef)>(in.spec.scaleTargetRef);
  out.spec.minReplicas = in.spec.minReplicas;
  out.spec.maxReplicas = in.spec.maxReplicas;
  out.status.observedGeneration = in.status.observedGeneration;
  out.status.lastScaleTime = in.status.lastScaleTime;
  out.status.currentReplicas = in.status.currentReplicas;
  out.status.desiredReplicas = in.status.desiredReplicas;
}

void to_v2(const v1::HorizontalPodAutoscaler& in, v2::HorizontalPodAutoscaler& out) {
  shared_fields(in, out);
  if (in.spec.targetCPUUtilizationPercentage) {
    v2::MetricSpec metric;
    metric.type = "Resource";
    metric.resource.mut().name = "cpu";
    metric.resource.mut().target.type = "Utilization";
    metric.resource.mut().target.averageUtilization = in.spec.targetCPUUtilizationPercentage;
    out.spec.metrics.push_back(std::move(metric));
  }
  if (in.status.currentCPUUtilizationPercentage) {
    v2::MetricStatus metric;
    metric.type = "Resource";
    metric.resource.mut().name = "cpu";
    metric.resource.mut().current.averageUtilization = in.status.currentCPUUtilizationPercentage;
    out.status.currentMetrics.push_back(std::move(metric));
  }
  notes_to_v2(in.metadata.annotations, out);
}

void to_v1(const v2::HorizontalPodAutoscaler& in, v1::HorizontalPodAutoscaler& out) {
  shared_fields(in, out);
  for (const v2::MetricSpec& m : in.spec.metrics)
    if (is_cpu(m)) out.spec.targetCPUUtilizationPercentage = m.resource->target.averageUtilization;
  for (const v2::MetricStatus& m : in.status.currentMetrics)
    if (m.resource && m.resource->name == "cpu" && m.resource->current.averageUtilization)
      out.status.currentCPUUtilizationPercentage = m.resource->current.averageUtilization;
  notes_from_v2(in, out.metadata.annotations);
}

}  // namespace

void convert_autoscaler(api::MutableObject& from, api::MutableObject& to) {
  if (&from.type() == &api::desc<v1::HorizontalPodAutoscaler>())
    to_v2(from.as<v1::HorizontalPodAutoscaler>(), to.as<v2::HorizontalPodAutoscaler>());
  else
    to_v1(from.as<v2::HorizontalPodAutoscaler>(), to.as<v1::HorizontalPodAutoscaler>());
}

}  // namespace orrery::apiserver
