// Sources: pkg/apis/{networking,policy,autoscaling,rbac,scheduling,storage,discovery}/validation/validation.go.
#include "core/api/json.h"
#include "core/api/validation/kinds.h"
#include "core/api/validation/pod.h"
#include "core/base/text.h"

namespace orrery::api::validation {
namespace {

void backend(Errors& e, const networking_v1::IngressBackend& b, const Path& at) {
  if (b.resource && b.service)
    return e.invalid(at, "", "cannot set both resource and service backends");
  if (b.resource) return;
  if (!b.service || b.service->name.empty()) {
    e.required(at / "service" / "name");
    if (!b.service) return;
  } else {
    e.invalid_each(at / "service" / "name", b.service->name, dns1035_label(b.service->name));
  }
  const auto& port = b.service->port;
  if (!port.name.empty() && port.number != 0)
    e.invalid(at, "", "cannot set both port name & port number");
  else if (port.name.empty() && port.number == 0)
    e.required(at, "port name or number is required");
  else if (!port.name.empty())
    e.invalid_each(at / "service" / "port" / "name", port.name, port_name(port.name));
  else
    for (const std::string& bad : port_number(port.number))
      e.invalid(at / "service" / "port" / "number", Value::of(port.number), bad);
}

void policy_ports(Errors& e, const List<networking_v1::NetworkPolicyPort>& ports, const Path& at) {
  for (uint32_t i = 0; i < ports.size(); ++i) {
    Path here = at.index(i);
    if (ports[i].protocol) e.one_of(here / "protocol", *ports[i].protocol, {"SCTP", "TCP", "UDP"});
    if (ports[i].port) check_port_or_name(e, *ports[i].port, here / "port");
    if (ports[i].endPort && ports[i].port && !ports[i].port->is_string && *ports[i].endPort < ports[i].port->number)
      e.invalid(here / "endPort", Value::of(ports[i].port->number), "must be greater than or equal to `port`");
    if (ports[i].endPort && !ports[i].port) e.required(here / "port", "must be specified when `endPort` is specified");
  }
}

void policy_peers(Errors& e, const List<networking_v1::NetworkPolicyPeer>& peers, const Path& at) {
  for (uint32_t i = 0; i < peers.size(); ++i) {
    Path here = at.index(i);
    const auto& p = peers[i];
    if (p.podSelector) check_label_selector(e, *p.podSelector, here / "podSelector");
    if (p.namespaceSelector) check_label_selector(e, *p.namespaceSelector, here / "namespaceSelector");
    if (!p.podSelector && !p.namespaceSelector && !p.ipBlock)
      e.required(here, "must specify a peer");
    else if (p.ipBlock && (p.podSelector || p.namespaceSelector))
      e.forbidden(here, "may not specify both ipBlock and another peer");
    if (p.ipBlock && p.ipBlock->cidr.empty()) e.required(here / "ipBlock" / "cidr");
  }
}

void rules(Errors& e, const List<rbac_v1::PolicyRule>& list, bool namespaced, const Path& at) {
  for (uint32_t i = 0; i < list.size(); ++i) {
    const auto& r = list[i];
    Path here = at.index(i);
    if (r.verbs.empty()) e.required(here / "verbs", "verbs must contain at least one value");
    if (!r.nonResourceURLs.empty()) {
      if (namespaced)
        e.invalid(here / "nonResourceURLs", Value::json(cat("[", orrery::quoted(r.nonResourceURLs[0]), "]")),
                  "namespaced rules cannot apply to non-resource URLs");
      if (!r.apiGroups.empty() || !r.resources.empty() || !r.resourceNames.empty())
        e.invalid(here / "nonResourceURLs", Value::json(cat("[", orrery::quoted(r.nonResourceURLs[0]), "]")),
                  "rules cannot apply to both regular resources and non-resource URLs");
      continue;
    }
    if (r.apiGroups.empty()) e.required(here / "apiGroups", "resource rules must supply at least one api group");
    if (r.resources.empty()) e.required(here / "resources", "resource rules must supply at least one resource");
  }
}

void subjects(Errors& e, const List<rbac_v1::Subject>& list, bool namespaced, const Path& at) {
  constexpr std::string_view kGroup = "rbac.authorization.k8s.io";
  for (uint32_t i = 0; i < list.size(); ++i) {
    const auto& s = list[i];
    Path here = at.index(i);
    if (s.name.empty()) e.required(here / "name");
    if (s.kind == "ServiceAccount") {
      if (!s.name.empty()) e.invalid_each(here / "name", s.name, dns1123_subdomain(s.name));
      if (!s.apiGroup.empty()) e.not_supported(here / "apiGroup", s.apiGroup, {""});
      if (!namespaced && s.namespace_.empty()) e.required(here / "namespace");
    } else if (s.kind == "User" || s.kind == "Group") {
      if (!(s.apiGroup == kGroup)) e.not_supported(here / "apiGroup", s.apiGroup, {kGroup});
    } else {
      e.not_supported(here / "kind", s.kind, {"ServiceAccount", "User", "Group"});
    }
  }
}

void role_ref(Errors& e, const rbac_v1::RoleRef& r, bool namespaced) {
  constexpr std::string_view kGroup = "rbac.authorization.k8s.io";
  Path at("roleRef");
  if (!(r.apiGroup == kGroup)) e.not_supported(at / "apiGroup", r.apiGroup, {kGroup});
  bool known = r.kind == "ClusterRole" || (namespaced && r.kind == "Role");
  if (!known && namespaced) e.not_supported(at / "kind", r.kind, {"Role", "ClusterRole"});
  if (!known && !namespaced) e.not_supported(at / "kind", r.kind, {"ClusterRole"});
  if (r.name.empty())
    e.required(at / "name");
  else
    e.invalid_each(at / "name", r.name, path_segment(r.name));
}

void same_role(Errors& e, const rbac_v1::RoleRef& now, const rbac_v1::RoleRef& old) {
  if (!(now == old)) e.invalid(Path("roleRef"), Value::json(to_json(now)), "cannot change roleRef");
}

template <class Spec>
void autoscaler(Errors& e, const Spec& s) {
  Path at("spec");
  if (s.minReplicas && *s.minReplicas < 1)
    e.invalid(at / "minReplicas", Value::of(*s.minReplicas), "must be greater than or equal to 1");
  if (s.maxReplicas < 1) e.invalid(at / "maxReplicas", Value::of(s.maxReplicas), "must be greater than 0");
  if (s.minReplicas && s.maxReplicas < *s.minReplicas)
    e.invalid(at / "maxReplicas", Value::of(s.maxReplicas), "must be greater than or equal to `minReplicas`");
  if (s.scaleTargetRef.kind.empty())
    e.required(at / "scaleTargetRef" / "kind");
  else
    e.invalid_each(at / "scaleTargetRef" / "kind", s.scaleTargetRef.kind, path_segment(s.scaleTargetRef.kind));
  if (s.scaleTargetRef.name.empty())
    e.required(at / "scaleTargetRef" / "name");
  else
    e.invalid_each(at / "scaleTargetRef" / "name", s.scaleTargetRef.name, path_segment(s.scaleTargetRef.name));
}

}  // namespace

void check(Errors& e, const networking_v1::Ingress& i) {
  Path at("spec");
  if (i.spec.rules.empty() && !i.spec.defaultBackend)
    e.invalid(at, Value::json("[]"), "either `defaultBackend` or `rules` must be specified");
  if (i.spec.defaultBackend) backend(e, *i.spec.defaultBackend, at / "defaultBackend");
  for (uint32_t r = 0; r < i.spec.rules.size(); ++r) {
    const auto& rule = i.spec.rules[r];
    Path here = (at / "rules").index(r);
    if (!rule.host.empty()) {
      if (is_ip_address(rule.host)) e.invalid(here / "host", rule.host.view(), "must be a DNS name, not an IP address");
      std::string_view host = rule.host;
      if (starts_with(host, "*.")) host.remove_prefix(2);
      e.invalid_each(here / "host", rule.host, dns1123_subdomain(host));
    }
    if (!rule.http) continue;
    if (rule.http->paths.empty()) e.required(here / "http" / "paths");
    for (uint32_t p = 0; p < rule.http->paths.size(); ++p) {
      const auto& path = rule.http->paths[p];
      Path where = (here / "http" / "paths").index(p);
      if (!path.pathType) {
        e.required(where / "pathType", "pathType must be specified");
      } else if (*path.pathType == "Exact" || *path.pathType == "Prefix") {
        if (!starts_with(path.path, "/")) e.invalid(where / "path", path.path.view(), "must be an absolute path");
      } else {
        e.one_of(where / "pathType", *path.pathType, {"Exact", "ImplementationSpecific", "Prefix"});
      }
      backend(e, path.backend, where / "backend");
    }
  }
}

void check(Errors& e, const networking_v1::NetworkPolicy& p) {
  Path at("spec");
  check_label_selector(e, p.spec.podSelector, at / "podSelector");
  for (uint32_t i = 0; i < p.spec.ingress.size(); ++i) {
    policy_ports(e, p.spec.ingress[i].ports, (at / "ingress").index(i) / "ports");
    policy_peers(e, p.spec.ingress[i].from, (at / "ingress").index(i) / "from");
  }
  for (uint32_t i = 0; i < p.spec.egress.size(); ++i) {
    policy_ports(e, p.spec.egress[i].ports, (at / "egress").index(i) / "ports");
    policy_peers(e, p.spec.egress[i].to, (at / "egress").index(i) / "to");
  }
  for (uint32_t i = 0; i < p.spec.policyTypes.size(); ++i)
    e.one_of((at / "policyTypes").index(i), p.spec.policyTypes[i], {"Egress", "Ingress"});
}

void check(Errors& e, const policy_v1::PodDisruptionBudget& b) {
  Path at("spec");
  if (b.spec.minAvailable && b.spec.maxUnavailable)
    e.invalid(at, Value::json(to_json(b.spec)), "minAvailable and maxUnavailable cannot be both set");
  if (b.spec.minAvailable) int_or_percent(e, *b.spec.minAvailable, at / "minAvailable");
  if (b.spec.maxUnavailable) int_or_percent(e, *b.spec.maxUnavailable, at / "maxUnavailable");
  if (b.spec.unhealthyPodEvictionPolicy)
    e.one_of(at / "unhealthyPodEvictionPolicy", *b.spec.unhealthyPodEvictionPolicy, {"AlwaysAllow", "IfHealthyBudget"});
  if (b.spec.selector) check_label_selector(e, *b.spec.selector, at / "selector");
}

void check(Errors& e, const autoscaling_v1::HorizontalPodAutoscaler& h) { autoscaler(e, h.spec); }
void check(Errors& e, const autoscaling_v2::HorizontalPodAutoscaler& h) { autoscaler(e, h.spec); }

void check(Errors& e, const rbac_v1::Role& r) { rules(e, r.rules, true, Path("rules")); }
void check(Errors& e, const rbac_v1::ClusterRole& r) {
  rules(e, r.rules, false, Path("rules"));
  if (!r.aggregationRule) return;
  Path at("aggregationRule.clusterRoleSelectors");
  if (r.aggregationRule->clusterRoleSelectors.empty())
    e.required(at, "at least one clusterRoleSelector required if aggregationRule is non-nil");
  for (uint32_t i = 0; i < r.aggregationRule->clusterRoleSelectors.size(); ++i)
    check_label_selector(e, r.aggregationRule->clusterRoleSelectors[i], at.index(i));
}
void check(Errors& e, const rbac_v1::RoleBinding& b) {
  role_ref(e, b.roleRef, true);
  subjects(e, b.subjects, true, Path("subjects"));
}
void check(Errors& e, const rbac_v1::ClusterRoleBinding& b) {
  role_ref(e, b.roleRef, false);
  subjects(e, b.subjects, false, Path("subjects"));
}
void check_update(Errors& e, const rbac_v1::RoleBinding& b, const rbac_v1::RoleBinding& old) {
  check(e, b);
  same_role(e, b.roleRef, old.roleRef);
}
void check_update(Errors& e, const rbac_v1::ClusterRoleBinding& b, const rbac_v1::ClusterRoleBinding& old) {
  check(e, b);
  same_role(e, b.roleRef, old.roleRef);
}

void check(Errors& e, const scheduling_v1::PriorityClass& c) {
  bool system = starts_with(c.metadata.name, "system-");
  if (system && !(c.metadata.name == "system-node-critical") && !(c.metadata.name == "system-cluster-critical"))
    e.forbidden(Path("metadata.name"), "priority class names with 'system-' prefix are reserved for system use only. "
                                       "error: the name is not in the list of known system priority classes");
  if (!system && c.value > 1'000'000'000)
    e.forbidden(Path("value"), "maximum allowed value of a user defined priority is 1000000000");
  if (c.preemptionPolicy)
    e.one_of(Path("preemptionPolicy"), *c.preemptionPolicy, {"Never", "PreemptLowerPriority"});
}

void check(Errors& e, const storage_v1::StorageClass& c) {
  if (c.provisioner.empty())
    e.required(Path("provisioner"), c.provisioner);
  else
    e.invalid_each(Path("provisioner"), c.provisioner, qualified_name(to_lower(c.provisioner)));
  if (c.reclaimPolicy) e.one_of(Path("reclaimPolicy"), *c.reclaimPolicy, {"Delete", "Retain"});
  if (c.volumeBindingMode)
    e.one_of(Path("volumeBindingMode"), *c.volumeBindingMode, {"Immediate", "WaitForFirstConsumer"});
}

void check(Errors& e, const discovery_v1::EndpointSlice& s) {
  e.one_of(Path("addressType"), s.addressType, {"FQDN", "IPv4", "IPv6"});
  for (uint32_t i = 0; i < s.endpoints.size(); ++i) {
    Path at = Path("endpoints").index(i) / "addresses";
    const auto& addresses = s.endpoints[i].addresses;
    if (addresses.empty()) e.required(at, "must contain at least 1 address");
    if (addresses.size() > 100) e.too_many(at, addresses.size(), 100);
    for (uint32_t k = 0; k < addresses.size(); ++k)
      if (!(s.addressType == "FQDN")) e.invalid_each(at.index(k), addresses[k], ip_address(addresses[k]));
  }
  for (uint32_t i = 0; i < s.ports.size(); ++i) {
    Path at = Path("ports").index(i);
    if (s.ports[i].name && !s.ports[i].name->empty())
      e.invalid_each(at / "name", *s.ports[i].name, dns1123_label(*s.ports[i].name));
    if (s.ports[i].protocol) e.one_of(at / "protocol", *s.ports[i].protocol, {"SCTP", "TCP", "UDP"});
  }
}

}  // namespace orrery::api::validation
