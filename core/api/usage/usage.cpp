#include "core/api/usage/usage.h"

#include <set>

#include "core/base/text.h"

namespace orrery::api {

using namespace core_v1;

namespace {

void add_usage(Usage& sum, const Usage& more) {
  for (const auto& [name, amount] : more) sum.set(name, sum.get(name) + amount);
}

void raise(Usage& top, const Usage& other) {
  for (const auto& [name, amount] : other)
    if (top.get(name) < amount) top.set(name, amount);
}

template <class F>
Usage pod_total(const PodSpec& spec, F&& of) {
  Usage sum, sidecars, peak;
  for (const Container& c : spec.containers) add_usage(sum, of(c));
  for (const Container& c : spec.initContainers) {
    Usage one = of(c);
    if (c.restartPolicy && *c.restartPolicy == "Always") {
      add_usage(sum, one);
      add_usage(sidecars, one);
      raise(peak, sidecars);
    } else {
      add_usage(one, sidecars);
      raise(peak, one);
    }
  }
  raise(sum, peak);
  for (const auto& [name, amount] : spec.overhead) sum.set(name, sum.get(name) + amount);
  return sum;
}

bool is_native(const Str& name) { return name.view().find('/') == std::string_view::npos; }

Usage of_pod(const Pod& pod) {
  Usage out;
  if (pod.status.phase == "Succeeded" || pod.status.phase == "Failed") return out;
  out.set("pods", Quantity::of(1));
  for (const auto& [name, amount] : pod_requests(pod.spec)) {
    if (is_native(name)) out.set(name, amount);
    out.set(cat("requests.", name), amount);
  }
  for (const auto& [name, amount] : pod_limits(pod.spec))
    if (is_native(name)) out.set(cat("limits.", name), amount);
  return out;
}

Usage of_service(const Service& service) {
  Usage out;
  out.set("services", Quantity::of(1));
  bool balanced = service.spec.type == "LoadBalancer";
  if (balanced) out.set("services.loadbalancers", Quantity::of(1));
  if (service.spec.type == "NodePort" || (balanced && service.spec.allocateLoadBalancerNodePorts.value_or(true)))
    out.set("services.nodeports", Quantity::of(static_cast<int64_t>(service.spec.ports.size())));
  return out;
}

Usage of_claim(const PersistentVolumeClaim& claim) {
  Usage out;
  Quantity storage = claim.spec.resources.requests.get("storage");
  out.set("persistentvolumeclaims", Quantity::of(1));
  out.set("requests.storage", storage);
  if (claim.spec.storageClassName && !claim.spec.storageClassName->empty()) {
    std::string of_class = cat(*claim.spec.storageClassName, ".storageclass.storage.k8s.io/");
    out.set(cat(of_class, "persistentvolumeclaims"), Quantity::of(1));
    out.set(cat(of_class, "requests.storage"), storage);
  }
  return out;
}

// Kinds that quotas could count before there was "count/".
bool has_old_name(const KindInfo& kind) {
  constexpr std::string_view kOld[] = {"configmaps", "secrets", "replicationcontrollers", "resourcequotas"};
  for (std::string_view name : kOld)
    if (kind.group.empty() && kind.plural == name) return true;
  return false;
}

bool is_best_effort(const PodSpec& spec) { return pod_requests(spec).empty() && pod_limits(spec).empty(); }

bool crosses_namespaces(const PodSpec& spec) {
  auto terms = [](const auto& list) {
    return list.find_if([](const PodAffinityTerm& t) { return !t.namespaces.empty() || t.namespaceSelector; }) !=
           nullptr;
  };
  auto weighted = [](const auto& list) {
    return list.find_if([](const WeightedPodAffinityTerm& t) {
      return !t.podAffinityTerm.namespaces.empty() || t.podAffinityTerm.namespaceSelector;
    }) != nullptr;
  };
  const Affinity* a = spec.affinity.get();
  if (!a) return false;
  return (a->podAffinity && (terms(a->podAffinity->requiredDuringSchedulingIgnoredDuringExecution) ||
                             weighted(a->podAffinity->preferredDuringSchedulingIgnoredDuringExecution))) ||
         (a->podAntiAffinity && (terms(a->podAntiAffinity->requiredDuringSchedulingIgnoredDuringExecution) ||
                                 weighted(a->podAntiAffinity->preferredDuringSchedulingIgnoredDuringExecution)));
}

bool in_scope(const Pod& pod, const Str& scope, const Str& op, const List<Str>& values) {
  bool holds = false;
  if (scope == "Terminating" || scope == "NotTerminating")
    holds = (pod.spec.activeDeadlineSeconds.value_or(-1) >= 0) == (scope == "Terminating");
  else if (scope == "BestEffort" || scope == "NotBestEffort")
    holds = is_best_effort(pod.spec) == (scope == "BestEffort");
  else if (scope == "CrossNamespacePodAffinity")
    holds = crosses_namespaces(pod.spec);
  else if (scope == "PriorityClass") {
    const Str& name = pod.spec.priorityClassName;
    if (op == "In") return values.contains(name);
    if (op == "NotIn") return !values.contains(name);
    return name.empty() == (op == "DoesNotExist");
  }
  return holds;
}

}  // namespace

Usage pod_requests(const PodSpec& spec) {
  return pod_total(spec, [](const Container& c) { return c.resources.requests; });
}

Usage pod_limits(const PodSpec& spec) {
  return pod_total(spec, [](const Container& c) { return c.resources.limits; });
}

Usage usage_of(const KindInfo& kind, const ObjectPtr& object) {
  Usage out;
  if (const Pod* pod = object.as<Pod>()) out = of_pod(*pod);
  if (const Service* service = object.as<Service>()) out = of_service(*service);
  if (const auto* claim = object.as<PersistentVolumeClaim>()) out = of_claim(*claim);
  if (has_old_name(kind)) out.set(Str(kind.plural), Quantity::of(1));
  out.set(kind.group.empty() ? cat("count/", kind.plural) : cat("count/", kind.plural, ".", kind.group),
          Quantity::of(1));
  return out;
}

bool quota_matches(const ResourceQuota& quota, const ObjectPtr& object) {
  bool scoped =
      !quota.spec.scopes.empty() || (quota.spec.scopeSelector && !quota.spec.scopeSelector->matchExpressions.empty());
  if (!scoped) return true;
  const Pod* pod = object.as<Pod>();
  if (!pod) return false;
  for (const Str& scope : quota.spec.scopes)
    if (!in_scope(*pod, scope, "Exists", {})) return false;
  if (quota.spec.scopeSelector)
    for (const auto& e : quota.spec.scopeSelector->matchExpressions)
      if (!in_scope(*pod, e.scopeName, e.operator_, e.values)) return false;
  return true;
}

std::string quota_demands(const Usage& hard, const ObjectPtr& object) {
  const Pod* pod = object.as<Pod>();
  if (!pod) return {};
  constexpr std::string_view kNamed[] = {"cpu",    "limits.cpu",   "limits.memory",
                                         "memory", "requests.cpu", "requests.memory"};
  std::vector<std::string> missing;
  for (std::string_view name : kNamed) {
    if (!hard.contains(Str(name))) continue;
    bool limit = starts_with(name, "limits.");
    Str bare(name.substr(name.find('.') == std::string_view::npos ? 0 : name.find('.') + 1));
    std::set<std::string> silent;
    for (const List<Container>* containers : {&pod->spec.containers, &pod->spec.initContainers})
      for (const Container& c : *containers)
        if (!(limit ? c.resources.limits : c.resources.requests).contains(bare)) silent.insert(c.name.str());
    if (!silent.empty())
      missing.push_back(cat(name, " for: ", join(std::vector<std::string>(silent.begin(), silent.end()), ",")));
  }
  return missing.empty() ? std::string() : cat("must specify ", join(missing, "; "));
}

}  // namespace orrery::api
