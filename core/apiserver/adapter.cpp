#include "core/apiserver/adapter.h"

#include <map>
#include <set>

#include "core/api/gen/core_v1.h"
#include "core/api/gen/custom_metrics_v1beta1.h"
#include "core/api/gen/custom_metrics_v1beta2.h"
#include "core/api/gen/discovery_v1.h"
#include "core/api/gen/external_metrics_v1beta1.h"
#include "core/api/gen/networking_v1.h"
#include "core/apiserver/errors.h"
#include "core/base/stamp.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

namespace v1beta1 = api::custom_metrics_v1beta1;
namespace v1beta2 = api::custom_metrics_v1beta2;
namespace external = api::external_metrics_v1beta1;
using api::discovery_v1::EndpointSlice;
using api::networking_v1::Ingress;

constexpr std::string_view kHttpRequests = "http_requests_per_second";
constexpr std::string_view kMeasuredKinds[] = {"Pod", "Service", "Ingress", "Namespace"};

// What one object, or several together, answered a second.
struct Sample {
  int64_t milli = 0;
  WallTime at;
  Duration window;
  void add(const Sample& other) {
    milli += other.milli;
    if (!at.is_set() || other.at < at) at = other.at;
    if (window < other.window) window = other.window;
  }
};

// Of one namespace's pods.
class Samples {
 public:
  Samples(const Registry& registry, const ports::MetricsSource& source, const Str& ns) : registry_(registry) {
    for (const ports::PodUsage& usage : source.pod_usage()) {
      if (!usage.http_requests_milli) continue;
      known_ = true;
      if (usage.ns != ns) continue;
      api::ObjectPtr pod = registry.get(api::kind<api::core_v1::Pod>(), usage.ns, usage.name);
      if (pod && pod.meta().uid == usage.uid) pods_[usage.name] = {*usage.http_requests_milli, usage.at, usage.window};
    }
  }

  // Some pod of the cluster has the metric.
  bool known() const { return known_; }

  std::optional<Sample> of(const KindInfo& kind, const Str& ns, const Str& name) const {
    std::set<Str> pods;
    if (kind.kind == "Pod") pods.insert(name);
    if (kind.kind == "Service") add_backends(ns, name, pods);
    if (kind.kind == "Ingress") add_backends(registry_.get(kind, ns, name), pods);
    std::optional<Sample> out;
    if (kind.kind == "Namespace")
      for (const auto& [pod, sample] : pods_) add(sample, out);
    for (const Str& pod : pods)
      if (auto it = pods_.find(pod); it != pods_.end()) add(it->second, out);
    return out;
  }

 private:
  static void add(const Sample& sample, std::optional<Sample>& to) {
    if (!to) to.emplace();
    to->add(sample);
  }

  void add_backends(const Str& ns, const Str& service, std::set<Str>& pods) const {
    store::ListSpec spec;
    spec.table = registry_.table(api::kind<EndpointSlice>());
    spec.ns = ns;
    std::vector<std::pair<Str, store::Item>> slices;
    registry_.store().list(spec, 0, slices);
    for (const auto& [key, item] : slices) {
      const auto* slice = item.object.as<EndpointSlice>();
      const Str* owner = slice ? slice->metadata.labels.find("kubernetes.io/service-name") : nullptr;
      if (!owner || *owner != service) continue;
      for (const auto& endpoint : slice->endpoints)
        if (endpoint.targetRef && endpoint.targetRef->kind == "Pod") pods.insert(endpoint.targetRef->name);
    }
  }

  void add_backends(const api::ObjectPtr& object, std::set<Str>& pods) const {
    const auto* ingress = object.as<Ingress>();
    if (!ingress) return;
    std::set<Str> services;
    if (ingress->spec.defaultBackend && ingress->spec.defaultBackend->service) services.insert(ingress->spec.defaultBackend->service->name);
    for (const auto& rule : ingress->spec.rules) {
      if (!rule.http) continue;
      for (const auto& path : rule.http->paths)
        if (path.backend.service) services.insert(path.backend.service->name);
    }
    for (const Str& service : services) add_backends(ingress->metadata.namespace_, service, pods);
  }

  const Registry& registry_;
  bool known_ = false;
  std::map<Str, Sample> pods_;  // by name
};

// What a path asks for: "/namespaces/default/services/web/http_requests_per_second".
struct Asked {
  Str ns, resource, name, metric;
};

// "pods", "pod", "ingresses", "ingresses.networking.k8s.io"; null: no kind that is measured.
const KindInfo* measured_kind(std::string_view resource) {
  const size_t dot = resource.find('.');
  const std::string_view name = resource.substr(0, dot), group = dot == std::string_view::npos ? "" : resource.substr(dot + 1);
  for (const KindInfo& kind : api::all_kinds()) {
    if ((kind.plural != name && kind.singular != name) || (!group.empty() && kind.group != group)) continue;
    for (std::string_view measured : kMeasuredKinds)
      if (kind.kind == measured && kind.group != "metrics.k8s.io") return &kind;
  }
  return nullptr;
}

Error metric_not_found(std::string_view metric, std::string_view resource, std::string_view name = {}) {
  return make_error(Reason::NotFound, cat("the server could not find the metric ", metric, " for ", resource, name.empty() ? "" : " ", name));
}

// A selector that matches what has no labels at all: only of such terms.
Box<api::meta_v1::LabelSelector> selector_of(const Selection& selection) {
  Box<api::meta_v1::LabelSelector> out;
  for (const LabelTerm& term : selection.labels) {
    auto& one = out.mut().matchExpressions.push_back({});
    one.key = term.key;
    one.operator_ = term.op == LabelTerm::Op::NotIn ? "NotIn" : "DoesNotExist";
    for (const Str& value : term.values) one.values.push_back(value);
  }
  return out;
}

bool matches(const Selection& selection, const Map<Str>& labels) {
  for (const LabelTerm& term : selection.labels)
    if (!term.matches(labels)) return false;
  return true;
}

v1beta2::MetricValue value_of(const Asked& q, const KindInfo& kind, const Str& name, const Sample& sample, const Selection& series) {
  v1beta2::MetricValue out;
  out.describedObject.kind = kind.kind;
  out.describedObject.namespace_ = q.ns;
  out.describedObject.name = name;
  out.describedObject.apiVersion = cat(kind.group, "/", kind.version);  // "/v1" of the core group: so the adapter's framework says
  out.metric.name = q.metric;
  out.metric.selector = selector_of(series);
  out.timestamp = whole_second(sample.at);
  out.windowSeconds = sample.window.s();
  out.value = Quantity::milli(sample.milli);
  return out;
}

api::ObjectPtr in_version(std::string_view version, v1beta2::MetricValueList list) {
  if (version == "v1beta2") return api::make_object(std::move(list));
  v1beta1::MetricValueList old;
  for (const v1beta2::MetricValue& from : list.items) {
    v1beta1::MetricValue& to = old.items.push_back({});
    to.describedObject = from.describedObject;
    to.metricName = from.metric.name;
    to.timestamp = from.timestamp;
    to.window = from.windowSeconds;
    to.value = from.value;
    to.selector = from.metric.selector;
  }
  return api::make_object(std::move(old));
}

Answer found(api::ObjectPtr object) {
  Answer a;
  a.object = std::move(object);
  return a;
}

// Every object that the label selector means and that is measured.
Answer of_all(const CallRecord& call, const Asked& q, const KindInfo& kind, const Registry& registry, const Samples& samples,
              const Selection& series) {
  auto selection = read_selection(kind, call.query.label_selector, {});
  if (!selection) return fail(selection.error());
  store::ListSpec spec;
  spec.table = registry.table(kind);
  spec.ns = q.ns;
  std::vector<std::pair<Str, store::Item>> objects;
  registry.store().list(spec, 0, objects);
  v1beta2::MetricValueList list;
  for (const auto& [key, item] : objects) {
    if (!matches(*selection, item.object.meta().labels) || !matches(series, {})) continue;
    const Str& name = item.object.meta().name;
    if (auto sample = samples.of(kind, q.ns, name)) list.items.push_back(value_of(q, kind, name, *sample, series));
  }
  return found(in_version(call.info.version.view(), std::move(list)));
}

Answer answer_custom(const CallRecord& call, const Asked& q, const Registry& registry, const ports::MetricsSource& source) {
  auto series = read_selection(api::kind<api::core_v1::Pod>(), call.request->param("metricLabelSelector"), {});
  if (!series) return fail(series.error());
  const KindInfo* kind = measured_kind(q.resource.view());
  const Samples samples(registry, source, q.ns.empty() ? q.name : q.ns);
  const bool known = kind && q.metric == kHttpRequests && samples.known() && kind->namespaced == !q.ns.empty();
  if (!known) return fail(metric_not_found(q.metric, q.resource));
  if (q.name == "*") return of_all(call, q, *kind, registry, samples, *series);
  const auto sample = samples.of(*kind, q.ns, q.name);
  if (!sample || !matches(*series, {})) return fail(metric_not_found(q.metric, q.resource, q.name));
  v1beta2::MetricValueList list;
  list.items.push_back(value_of(q, *kind, q.name, *sample, *series));
  return found(in_version(call.info.version.view(), std::move(list)));
}

Answer answer_external(const CallRecord& call, const ports::MetricsSource& source, WallTime now) {
  auto series = read_selection(api::kind<api::core_v1::Pod>(), call.query.label_selector, {});
  if (!series) return fail(series.error());
  bool known = false;
  external::ExternalMetricValueList list;
  for (const ports::ExternalValue& from : source.external_values()) {
    if (from.metric != call.info.resource) continue;
    known = true;
    if (!matches(*series, from.labels)) continue;
    external::ExternalMetricValue& to = list.items.push_back({});
    to.metricName = from.metric;
    to.metricLabels = from.labels;
    to.timestamp = whole_second(now);
    to.value = from.value;
  }
  if (!known) return fail(metric_not_found(call.info.resource, "namespaces"));
  return found(api::make_object(std::move(list)));
}

// client-go words the aggregator's bare 503 so (apimachinery pkg/api/errors, NewGenericServerResponse).
Error adapter_down(const RequestInfo& info) {
  return make_error(Reason::ServiceUnavailable, cat("the server is currently unable to handle the request (get ", info.resource, ".", info.group,
                                                    info.name.empty() ? "" : " ", info.name, ")"));
}

}  // namespace

std::vector<std::string_view> adapted_versions(std::string_view group) {
  if (group == kCustomMetrics) return {"v1beta2", "v1beta1"};
  return {"v1beta1"};
}

std::string_view adapted_kind(std::string_view group) { return group == kCustomMetrics ? "MetricValueList" : "ExternalMetricValueList"; }

bool is_adapted_group(std::string_view group) { return group == kCustomMetrics || group == kExternalMetrics; }

bool is_adapted(const RequestInfo& info) {
  if (!is_adapted_group(info.group.view())) return false;
  for (std::string_view version : adapted_versions(info.group.view()))
    if (info.version == version) return true;
  return false;
}

Answer answer_adapted(const CallRecord& call, const Registry& registry, const ports::MetricsSource& source, WallTime now) {
  const RequestInfo& info = call.info;
  if (!source.answers()) return fail(adapter_down(info));
  if (info.verb != "get" && info.verb != "list")
    return fail(make_error(Reason::MethodNotAllowed, "the server does not allow this method on the requested resource"));
  if (info.group == kExternalMetrics) {
    if (info.ns.empty() || !info.name.empty()) return not_served();
    return answer_external(call, source, now);
  }
  if (!info.rest.empty()) return not_served();
  if (!info.ns.empty() && info.name.empty()) return fail(bad_request("invalid request path"));
  const bool of_namespace = !info.ns.empty() && info.resource == "metrics" && info.subresource.empty();
  if (of_namespace) return answer_custom(call, {{}, "namespaces", info.ns, info.name}, registry, source);
  if (info.subresource.empty()) return not_served();
  return answer_custom(call, {info.ns, info.resource, info.name, info.subresource}, registry, source);
}

std::vector<AdaptedResource> adapted_resources(std::string_view group, const ports::MetricsSource& source) {
  std::vector<AdaptedResource> out;
  if (!source.answers()) return out;
  if (group == kExternalMetrics) {
    std::set<Str> names;
    for (const ports::ExternalValue& value : source.external_values()) names.insert(value.metric);
    for (const Str& name : names) out.push_back({name.str(), true});
    return out;
  }
  bool any = false;
  for (const ports::PodUsage& usage : source.pod_usage()) any = any || usage.http_requests_milli.has_value();
  if (!any) return out;
  for (const char* resource : {"ingresses.networking.k8s.io", "namespaces", "pods", "services"})
    out.push_back({cat(resource, "/", kHttpRequests), std::string_view(resource) != "namespaces"});
  return out;
}

}  // namespace orrery::apiserver
