#include "core/controllers/adapter_metrics.h"

#include <limits>
#include <map>

#include "core/api/gen/custom_metrics_v1beta2.h"
#include "core/api/gen/external_metrics_v1beta1.h"
#include "core/api/label_text.h"
#include "core/base/text.h"

namespace orrery::controllers {

using api::autoscaling_v2::MetricIdentifier;
using api::custom_metrics_v1beta2::MetricValueList;
using api::external_metrics_v1beta1::ExternalMetricValueList;
using api::meta_v1::LabelSelector;
using client::Answer;
using client::Read;

namespace {

constexpr Duration kDefaultWindow = minutes(1);  // metricServerDefaultMetricWindow
constexpr std::string_view kNotServed = "the server could not find the requested resource";

Read ask_custom(std::string_view path, const Str& pods, const MetricIdentifier& metric) {
  const std::string series = api::selector_text(metric.selector);
  return {cat("/apis/custom.metrics.k8s.io/v1beta2/namespaces/", path, "/", metric.name, series.empty() ? "" : "?metricLabelSelector=", series), pods};
}

Error custom_error(std::string_view why) {
  if (why == kNotServed) why = "no custom metrics API (custom.metrics.k8s.io) registered";
  return make_error(Reason::ServiceUnavailable, cat("unable to fetch metrics from custom metrics API: ", why));
}

}  // namespace

Read ask_pods_metric(const Str& ns, const Str& pods, const MetricIdentifier& metric) { return ask_custom(cat(ns, "/pods/*"), pods, metric); }

Read ask_object_metric(const Str& ns, const Str& resource, const Str& name, const MetricIdentifier& metric) {
  if (resource == "namespaces") return ask_custom(cat(ns, "/metrics"), {}, metric);  // its own, whatever the name
  return ask_custom(cat(ns, "/", resource, "/", name), {}, metric);
}

Read ask_external_metric(const Str& ns, const MetricIdentifier& metric) {
  return {cat("/apis/external.metrics.k8s.io/v1beta1/namespaces/", ns, "/", metric.name), api::selector_text(metric.selector)};
}

Result<PodMetrics> pods_metric(const Answer& answer) {
  if (answer.error) return custom_error(answer.error->message.view());
  const auto* list = answer.object.as<MetricValueList>();
  if (!list || list->items.empty()) return make_error(Reason::ServiceUnavailable, "no metrics returned from custom metrics API");
  PodMetrics out;
  for (const auto& value : list->items)
    out[value.describedObject.name] = {value.value.milli_value(), value.timestamp,
                                       value.windowSeconds ? seconds(*value.windowSeconds) : kDefaultWindow};
  return out;
}

Result<int64_t> object_metric(const Answer& answer) {
  if (answer.error) return custom_error(answer.error->message.view());
  const auto* list = answer.object.as<MetricValueList>();
  const size_t count = list ? list->items.size() : 0;
  if (count != 1) return custom_error(cat("the custom metrics API server returned ", count, " results when we asked for exactly one"));
  return list->items[0].value.milli_value();
}

Result<int64_t> external_metric(const Answer& answer, const Str& metric) {
  auto failed = [](std::string why) { return make_error(Reason::ServiceUnavailable, why); };
  if (answer.error) {
    const bool unserved = answer.error->message == kNotServed;
    return failed(cat("unable to fetch metrics from external metrics API: ", answer.error->message,
                      unserved ? cat(" (get ", metric, ".external.metrics.k8s.io)") : std::string()));
  }
  const auto* list = answer.object.as<ExternalMetricValueList>();
  if (!list || list->items.empty()) return failed("no metrics returned from external metrics API");
  int64_t sum = 0;
  for (const auto& value : list->items) {
    const int64_t milli = value.value.milli_value();
    if (milli > 0 && sum > std::numeric_limits<int64_t>::max() - milli) return std::numeric_limits<int64_t>::max();
    sum += milli;
  }
  return sum;
}

std::string go_text(const Box<LabelSelector>& selector) {
  if (!selector) return "nil";
  std::map<std::string, std::string> labels;
  for (const auto& [key, value] : selector->matchLabels) labels.emplace(key.str(), value.str());
  std::string out = "&LabelSelector{MatchLabels:map[string]string{";
  for (const auto& [key, value] : labels) out += cat(key, ": ", value, ",");
  out += "},MatchExpressions:[]LabelSelectorRequirement{";
  for (const auto& e : selector->matchExpressions) {
    std::vector<std::string> values;
    for (const Str& value : e.values) values.push_back(value.str());
    out += cat("LabelSelectorRequirement{Key:", e.key, ",Operator:", e.operator_, ",Values:[", join(values, " "), "],},");
  }
  return out + "},}";
}

}  // namespace orrery::controllers
