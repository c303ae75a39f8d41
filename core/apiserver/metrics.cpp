// metrics.k8s.io: answered from what the metrics server has read, never stored. Source: metrics-server pkg/api.
#include "core/api/gen/core_v1.h"
#include "core/api/gen/metrics_v1beta1.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/present.h"
#include "core/base/stamp.h"

namespace orrery::apiserver {

namespace {

using api::metrics_v1beta1::ContainerMetrics;
using api::metrics_v1beta1::NodeMetrics;
using api::metrics_v1beta1::PodMetrics;

Map<Quantity> resources(const ports::Usage& usage) {
  Map<Quantity> out;
  out.set("cpu", Quantity::make(usage.cpu_nanocores, -9, Quantity::Format::DecimalSI));
  out.set("memory", Quantity::of((usage.memory_bytes + 1023) / 1024 * 1024, Quantity::Format::BinarySI));
  return out;
}

std::vector<api::ObjectPtr> node_metrics(const Registry& registry, const ports::MetricsSource& source, WallTime now) {
  std::vector<api::ObjectPtr> out;
  for (const ports::NodeUsage& usage : source.node_usage()) {
    api::ObjectPtr node = registry.get(api::kind<api::core_v1::Node>(), {}, usage.name);
    if (!node) continue;
    NodeMetrics m;
    m.metadata.name = usage.name;
    m.metadata.labels = node.meta().labels;
    m.metadata.creationTimestamp = whole_second(now);
    m.timestamp = whole_second(usage.at);
    m.window = millis(usage.window.ms());
    m.usage = resources(usage.usage);
    out.push_back(api::make_object(std::move(m)));
  }
  return out;
}

std::vector<api::ObjectPtr> pod_metrics(const Registry& registry, const ports::MetricsSource& source, const Str& ns,
                                        WallTime now) {
  std::vector<api::ObjectPtr> out;
  for (const ports::PodUsage& usage : source.pod_usage()) {
    if (!ns.empty() && usage.ns != ns) continue;
    api::ObjectPtr pod = registry.get(api::kind<api::core_v1::Pod>(), usage.ns, usage.name);
    if (!pod || pod.meta().uid != usage.uid) continue;
    PodMetrics m;
    m.metadata.name = usage.name;
    m.metadata.namespace_ = usage.ns;
    m.metadata.labels = pod.meta().labels;
    m.metadata.creationTimestamp = whole_second(now);
    m.timestamp = whole_second(usage.at);
    m.window = millis(usage.window.ms());
    for (const ports::ContainerUsage& c : usage.containers) {
      ContainerMetrics one;
      one.name = c.name;
      one.usage = resources(c.usage);
      m.containers.push_back(std::move(one));
    }
    out.push_back(api::make_object(std::move(m)));
  }
  return out;
}

}  // namespace

bool is_measured(const KindInfo& kind) { return kind.group == "metrics.k8s.io"; }

// True: the call is answered.
bool ApiServer::metrics(CallRecord& call) {
  const RequestInfo& info = call.info;
  const KindInfo& kind = *info.kind;
  if (options_.metrics && !options_.metrics->answers()) {
    // client-go words the aggregator's bare 503 so (apimachinery pkg/api/errors, NewGenericServerResponse)
    refuse(call, make_error(Reason::ServiceUnavailable, cat("the server is currently unable to handle the request (get ", kind.plural, ".", kind.group, ")")));
    return true;
  }
  std::vector<api::ObjectPtr> objects;
  if (options_.metrics)
    objects = kind.kind == "NodeMetrics" ? node_metrics(registry_, *options_.metrics, clock_.now())
                                         : pod_metrics(registry_, *options_.metrics, info.ns, clock_.now());
  if (info.verb == "get") {
    Answer a;
    for (const api::ObjectPtr& object : objects)
      if (object.meta().name == info.name) a.object = object;
    if (!a.object)
      a = fail(not_found(kind, info.name));
    else
      present(call, a, clock_.now());
    answer(std::move(call), std::move(a));
    return true;
  }
  auto selection = read_selection(kind, call.query.label_selector, call.query.field_selector);
  if (!selection.ok()) return refuse(call, selection.error()), true;
  ListCall out;
  for (const api::ObjectPtr& object : objects)
    if (selection->matches(kind, object)) out.objects.push_back(object);
  out.revision = store_.revision();
  out.call = std::move(call);
  uint64_t id = out.call.id;
  state_.lists.emplace(id, std::move(out));
  list_slice(id);
  return true;
}

}  // namespace orrery::apiserver
