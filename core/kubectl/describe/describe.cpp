#include "core/kubectl/describe/describe.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/describe/describers.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

// What a kind needs beside itself.
enum class Beside : uint8_t { Nothing, Pods, Sets, Slices, Backends, NodePods, Limits };

struct Describer {
  std::string_view kind;
  void (*write)(Writer&, const Subject&);
  Beside beside = Beside::Nothing;
  bool events = true;
};

constexpr Describer kDescribers[] = {
    {"Pod", describe_pod},
    {"Deployment", describe_deployment, Beside::Sets},
    {"ReplicaSet", describe_replica_set, Beside::Pods},
    {"ReplicationController", describe_replica_set, Beside::Pods},
    {"StatefulSet", describe_stateful_set, Beside::Pods},
    {"DaemonSet", describe_daemon_set, Beside::Pods},
    {"Job", describe_job},
    {"CronJob", describe_cron_job},
    {"HorizontalPodAutoscaler", describe_autoscaler},
    {"Service", describe_service, Beside::Slices},
    {"Endpoints", describe_endpoints},
    {"EndpointSlice", describe_endpoint_slice},
    {"Ingress", describe_ingress, Beside::Backends},
    {"IngressClass", describe_ingress_class},
    {"NetworkPolicy", describe_network_policy, Beside::Nothing, false},
    {"ConfigMap", describe_config_map},
    {"Secret", describe_secret, Beside::Nothing, false},
    {"PersistentVolume", describe_volume},
    {"PersistentVolumeClaim", describe_claim, Beside::Pods},
    {"StorageClass", describe_storage_class},
    {"Node", describe_node, Beside::NodePods},
    {"Namespace", describe_namespace, Beside::Limits, false},
    {"ResourceQuota", describe_quota, Beside::Nothing, false},
    {"LimitRange", describe_limit_range, Beside::Nothing, false},
    {"PodDisruptionBudget", describe_disruption_budget},
    {"PriorityClass", describe_priority_class},
    {"ServiceAccount", describe_service_account},
    {"Role", describe_role, Beside::Nothing, false},
    {"ClusterRole", describe_role, Beside::Nothing, false},
    {"RoleBinding", describe_role_binding, Beside::Nothing, false},
    {"ClusterRoleBinding", describe_role_binding, Beside::Nothing, false},
};
constexpr Describer kAny = {"", describe_any};

const Describer& describer_of(const api::KindInfo& kind) {
  for (const Describer& d : kDescribers)
    if (!kind.custom && d.kind == kind.kind) return d;
  return kAny;
}

void write_events(Writer& w, const json& list, WallTime now) {
  if (list.empty()) return w.line(0, "Events", "<none>");
  std::vector<json> events = list.get<std::vector<json>>();
  std::stable_sort(events.begin(), events.end(), [](const json& a, const json& b) { return event_time(a) < event_time(b); });
  w.put(0, "Events:");
  w.row(1, {"Type", "Reason", "Age", "From", "Message"});
  w.row(1, {"----", "------", "----", "----", "-------"});
  for (const json& e : events) {
    const std::string field = text_at(e, "/involvedObject/fieldPath"), source = text_at(e, "/source/component");
    w.row(1, {text_at(e, "/type"), text_at(e, "/reason"), event_age(e, now), source.empty() ? text_at(e, "/reportingComponent") : source,
              cat(field.empty() ? "" : cat(field, ": "), trim(text_at(e, "/message")))});
  }
}

}  // namespace

std::vector<Need> needs_of(const api::KindInfo& kind, const json& object) {
  const std::string name = text_at(object, "/metadata/name"), ns = text_at(object, "/metadata/namespace");
  const std::string pods = cat("/api/v1/namespaces/", ns, "/pods"), slices = cat("/apis/discovery.k8s.io/v1/namespaces/", ns, "/endpointslices");
  switch (describer_of(kind).beside) {
    case Beside::Nothing: return {};
    case Beside::Pods: return {{"pods", pods}};
    case Beside::Sets: return {{"sets", cat("/apis/apps/v1/namespaces/", ns, "/replicasets")}};
    case Beside::Slices: return {{"slices", cat(slices, "?labelSelector=", percent_encode("kubernetes.io/service-name=" + name))}};
    case Beside::Backends: return {{"slices", slices}, {"services", cat("/api/v1/namespaces/", ns, "/services")}};
    case Beside::NodePods:
      return {{"pods", cat("/api/v1/pods?fieldSelector=", percent_encode(cat("spec.nodeName=", name, ",status.phase!=Succeeded,status.phase!=Failed")))},
              {"lease", cat("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases?fieldSelector=", percent_encode("metadata.name=" + name))}};
    case Beside::Limits:
      return {{"quotas", cat("/api/v1/namespaces/", name, "/resourcequotas")}, {"limits", cat("/api/v1/namespaces/", name, "/limitranges")}};
  }
  return {};
}

const json& Subject::list(const char* key) const {
  static const json none;
  const auto it = lists.find(key);
  return it == lists.end() ? none : it->second;
}

std::string describe(const DescribeInputs& in) {
  Writer w;
  const Describer& describer = describer_of(in.kind);
  describer.write(w, {in.object, in.lists, in.now});
  if (describer.events && in.events) write_events(w, *in.events, in.now);
  return w.text();
}

std::string describe_pod_template(const json& t) {
  Writer w;
  write_pod_template(w, t);
  return w.text();
}

WallTime event_time(const json& e) {
  WallTime t;
  for (const char* field : {"/series/lastObservedTime", "/lastTimestamp", "/eventTime", "/firstTimestamp", "/metadata/creationTimestamp"})
    if (parse_rfc3339(text_at(e, field), t)) return t;
  return {};
}

std::string event_age(const json& e, WallTime now) {
  const json& seen = value_at(e, "/eventTime");
  const std::string first = since(seen.is_null() ? value_at(e, "/firstTimestamp") : seen, now);
  if (!value_at(e, "/series").is_null()) return cat(since(value_at(e, "/series/lastObservedTime"), now), " (x", text_at(e, "/series/count"), " over ", first, ")");
  if (e.value("count", int64_t{1}) > 1) return cat(since(value_at(e, "/lastTimestamp"), now), " (x", text_at(e, "/count"), " over ", first, ")");
  return first;
}

}  // namespace orrery::kubectl
