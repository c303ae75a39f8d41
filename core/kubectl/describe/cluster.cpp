// Node, Namespace, ResourceQuota, LimitRange, PodDisruptionBudget, PriorityClass.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/api/json_dom.h"
#include "core/api/usage/usage.h"
#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/describe/describers.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

std::string roles_of(const json& node) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::set<std::string> roles;
  for (const auto& [k, v] : value_at(node, "/metadata/labels").items()) {
    if (starts_with(k, kPrefix) && k.size() > kPrefix.size()) roles.insert(k.substr(kPrefix.size()));
    if (k == "kubernetes.io/role" && !text_of(v).empty()) roles.insert(text_of(v));
  }
  return roles.empty() ? "<none>" : join({roles.begin(), roles.end()}, ",");
}

void write_taints(Writer& w, const json& node) {
  std::vector<std::pair<std::string, std::string>> taints;  // what they stand by, how they read
  for (const json& t : value_at(node, "/spec/taints")) {
    const std::string key = text_at(t, "/key"), value = text_at(t, "/value"), effect = text_at(t, "/effect");
    taints.emplace_back(cat(effect, ",", key), cat(key, value.empty() ? "" : cat("=", value), effect.empty() ? "" : cat(":", effect)));
  }
  std::sort(taints.begin(), taints.end());  // total order: a node has a taint of one key and effect once
  std::vector<std::string> words;
  for (const auto& [by, text] : taints) words.push_back(text);
  w.list(0, "Taints", words);
}

void write_lease(Writer& w, const Subject& s) {
  const json& leases = s.list("lease");
  for (const json& lease : leases)
    if (text_at(lease, "/metadata/name") == text_at(s.object, "/metadata/name")) {
      w.put(0, "Lease:");
      w.line(1, "HolderIdentity", text_at(lease, "/spec/holderIdentity", "<unset>"));
      w.line(1, "AcquireTime", time_1123(text_at(lease, "/spec/acquireTime")));
      w.line(1, "RenewTime", time_1123(text_at(lease, "/spec/renewTime")));
      return;
    }
  w.line(0, "Lease", cat("Failed to get lease: leases.coordination.k8s.io ", orrery::quoted(text_at(s.object, "/metadata/name")), " not found"));
}

// What pods take of a node, beside what it has.
class Shares {
 public:
  explicit Shares(const json& node) : room_(value_at(node, "/status/allocatable")) {
    if (room_.empty()) room_ = value_at(node, "/status/capacity");
  }
  // "100m (5%)"
  std::string share(const api::Usage& usage, const char* resource) const {
    const Quantity q = usage.get(resource);
    const auto all = Quantity::parse(room_.is_object() ? room_.value(resource, "0") : "0");
    const bool cpu = std::string_view(resource) == "cpu";
    const int64_t whole = !all.ok() ? 0 : cpu ? all->milli_value() : all->value();
    return cat(q.str(), " (", whole ? (cpu ? q.milli_value() : q.value()) * 100 / whole : 0, "%)");
  }
  const json& room() const { return room_; }

 private:
  json room_;
};

void write_node_pods(Writer& w, const Subject& s) {
  const Shares shares(s.object);
  const json& pods = s.list("pods");
  w.line(0, "Non-terminated Pods", cat("(", pods.size(), " in total)"));
  w.put(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge");
  w.put(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---");
  api::Usage requests, limits;
  const auto add = [](api::Usage& sum, const api::Usage& more) {
    for (const auto& [name, amount] : more) sum.set(name, sum.get(name) + amount);
  };
  for (const json& pod : pods) {
    api::core_v1::PodSpec spec;
    if (!api::from_dom(pod["spec"], api::desc<api::core_v1::PodSpec>(), &spec).ok()) continue;
    const api::Usage wanted = api::pod_requests(spec), most = api::pod_limits(spec);
    add(requests, wanted);
    add(limits, most);
    w.put(1, cat(text_at(pod, "/metadata/namespace"), "\t", text_at(pod, "/metadata/name"), "\t\t", shares.share(wanted, "cpu"), "\t", shares.share(most, "cpu"), "\t",
                 shares.share(wanted, "memory"), "\t", shares.share(most, "memory"), "\t", since(value_at(pod, "/metadata/creationTimestamp"), s.now)));
  }
  w.put(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)");
  w.heads(1, {"Resource", "Requests", "Limits"});
  for (const char* name : {"cpu", "memory", "ephemeral-storage"}) w.row(1, {name, shares.share(requests, name), shares.share(limits, name)});
  for (const auto& [name, amount] : shares.room().items())
    if (starts_with(name, "hugepages-")) w.row(1, {name, shares.share(requests, name.c_str()), shares.share(limits, name.c_str())});
  for (const auto& [name, amount] : shares.room().items())
    if (name.find('/') != std::string::npos) w.row(1, {name, requests.get(name).str(), limits.get(name).str()});
}

}  // namespace

void describe_node(Writer& w, const Subject& s) {
  const json& o = s.object;
  w.line(0, "Name", text_at(o, "/metadata/name"));
  w.line(0, "Roles", roles_of(o));
  w.labels(0, "Labels", value_at(o, "/metadata/labels"));
  w.annotations(0, value_at(o, "/metadata/annotations"));
  write_rows(w, 0, o, {{"CreationTimestamp", "/metadata/creationTimestamp", Form::Time}});
  write_taints(w, o);
  w.line(0, "Unschedulable", text_at(o, "/spec/unschedulable", "false"));
  write_lease(w, s);
  write_dated_conditions(w, value_at(o, "/status/conditions"), "LastHeartbeatTime", "/lastHeartbeatTime");
  w.put(0, "Addresses:");
  for (const json& a : value_at(o, "/status/addresses")) w.line(1, text_at(a, "/type"), text_at(a, "/address"));
  for (auto [path, label] : {std::pair<const char*, const char*>{"/status/capacity", "Capacity:"}, {"/status/allocatable", "Allocatable:"}}) {
    const json& amounts = value_at(o, path);
    if (!amounts.empty()) w.put(0, label);
    for (const auto& [name, amount] : amounts.items()) w.line(1, name, text_of(amount));
  }
  w.put(0, "System Info:");
  write_rows(w, 1, value_at(o, "/status/nodeInfo"),
             {{"Machine ID", "/machineID"}, {"System UUID", "/systemUUID"}, {"Boot ID", "/bootID"}, {"Kernel Version", "/kernelVersion"}, {"OS Image", "/osImage"},
              {"Operating System", "/operatingSystem"}, {"Architecture", "/architecture"}, {"Container Runtime Version", "/containerRuntimeVersion"},
              {"Kubelet Version", "/kubeletVersion"}, {"Kube-Proxy Version", "/kubeProxyVersion"}});
  write_rows(w, 0, o, {{"PodCIDR", "/spec/podCIDR", Form::IfThere}, {"PodCIDRs", "/spec/podCIDRs", Form::Join}, {"ProviderID", "/spec/providerID", Form::IfThere}});
  if (s.list("pods").is_null()) return w.line(0, "Pods", "not authorized");
  write_node_pods(w, s);
}

namespace {

struct Scope {
  const char* name;
  const char* help;
};
constexpr Scope kScopes[] = {
    {"Terminating", "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system."},
    {"NotTerminating", "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate."},
    {"BestEffort", "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service."},
    {"NotBestEffort", "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service."},
};

void write_quota(Writer& w, int level, const json& quota, const char* bullet, const char* dashes) {
  json scopes = value_at(quota, "/spec/scopes");
  if (!scopes.empty()) {
    std::sort(scopes.begin(), scopes.end());  // total order: a quota names a scope once
    w.line(level, "Scopes", joined(scopes, ", "));
    for (const json& scope : scopes)
      for (const Scope& known : kScopes)
        if (scope == known.name) w.put(level, cat(bullet, known.help));
  }
  w.row(level, {"Resource", "Used", "Hard"});
  w.row(level, {"--------", dashes, dashes});
  const json& used = value_at(quota, "/status/used");
  for (const auto& [name, hard] : value_at(quota, "/status/hard").items())
    w.row(level, {name, used.is_object() ? used.value(name, "0") : "0", text_of(hard)});
}

// The columns of a LimitRange, after its kind of thing and the resource's name.
constexpr const char* kLimits[] = {"min", "max", "defaultRequest", "default", "maxLimitRequestRatio"};

void write_limits(Writer& w, const json& range, const char* indent) {
  for (const json& item : value_at(range, "/spec/limits")) {
    std::set<std::string> resources;
    for (const char* field : kLimits)
      if (item.contains(field))
        for (const auto& [name, amount] : item[field].items()) resources.insert(name);
    for (const std::string& name : resources) {
      std::string line = cat(indent, text_at(item, "/type"), "\t", name);
      for (const char* field : kLimits) line += cat("\t", item.contains(field) && item[field].contains(name) ? text_of(item[field][name]) : "-");
      w.put(0, line);
    }
  }
}

void write_limit_heads(Writer& w, const char* indent) {
  w.put(0, cat(indent, "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio"));
  w.put(0, cat(indent, "----\t--------\t---\t---\t---------------\t-------------\t-----------------------"));
}

}  // namespace

void describe_namespace(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  w.line(0, "Status", text_at(o, "/status/phase"));
  const json& conditions = value_at(o, "/status/conditions");
  if (!conditions.empty()) {
    w.put(0, "Conditions:");
    w.heads(1, {"Type", "Status", "LastTransitionTime", "Reason", "Message"});
  }
  for (const json& c : conditions)
    w.row(1, {text_at(c, "/type"), text_at(c, "/status"), time_1123(text_at(c, "/lastTransitionTime")), text_at(c, "/reason"), text_at(c, "/message")});
  if (const json& quotas = s.list("quotas"); !quotas.is_null()) {
    w.put(0, quotas.empty() ? "\nNo resource quota." : "\nResource Quotas");
    for (const json& quota : quotas) {
      w.line(1, "Name", text_at(quota, "/metadata/name"));
      write_quota(w, 1, quota, "* ", "---");
    }
  }
  if (const json& ranges = s.list("limits"); !ranges.is_null()) {
    w.put(0, ranges.empty() ? "\nNo LimitRange resource." : "\nResource Limits");
    if (!ranges.empty()) write_limit_heads(w, " ");
    for (const json& range : ranges) write_limits(w, range, " ");
  }
}

void describe_quota(Writer& w, const Subject& s) {
  write_rows(w, 0, s.object, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}});
  write_quota(w, 0, s.object, " * ", "----");
}

void describe_limit_range(Writer& w, const Subject& s) {
  write_rows(w, 0, s.object, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}});
  write_limit_heads(w, "");
  write_limits(w, s.object, "");
}

void describe_disruption_budget(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Min available", "/spec/minAvailable", Form::IfThere},
                       {"Max unavailable", "/spec/maxUnavailable", Form::IfThere}});
  const json& selector = value_at(o, "/spec/selector");
  w.line(0, "Selector", selector.is_null() ? "<unset>" : selector_text(selector));
  w.put(0, "Status:");
  for (auto [label, path] : {std::pair<const char*, const char*>{"Allowed disruptions", "/status/disruptionsAllowed"}, {"Current", "/status/currentHealthy"},
                             {"Desired", "/status/desiredHealthy"}, {"Total", "/status/expectedPods"}})
    w.line(2, label, text_at(o, path, "0"));
}

void describe_priority_class(Writer& w, const Subject& s) {
  const json& o = s.object;
  w.line(0, "Name", text_at(o, "/metadata/name"));
  w.line(0, "Value", text_at(o, "/value", "0"));
  w.line(0, "GlobalDefault", text_at(o, "/globalDefault", "false"));
  write_rows(w, 0, o, {{"PreemptionPolicy", "/preemptionPolicy"}, {"Description", "/description"}, {"Annotations", "/metadata/annotations", Form::Inline}});
}

}  // namespace orrery::kubectl
