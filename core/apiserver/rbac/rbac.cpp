#include "core/apiserver/rbac/rbac.h"

#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::rbac_v1;

bool is_meant(const Subject& s, const ports::Identity& who, const Str& binding_ns) {
  if (s.kind == "User") return s.name == who.user;
  if (s.kind == "Group") return who.groups.contains(s.name);
  if (s.kind != "ServiceAccount") return false;
  return who.user == cat("system:serviceaccount:", s.namespace_.empty() ? binding_ns : s.namespace_, ':', s.name);
}

bool any_meant(const List<Subject>& subjects, const ports::Identity& who, const Str& ns) {
  return subjects.find_if([&](const Subject& s) { return is_meant(s, who, ns); }) != nullptr;
}

void add_rules(const List<PolicyRule>& from, std::vector<PolicyRule>& out) {
  out.insert(out.end(), from.begin(), from.end());
}

bool role_selected(const api::meta_v1::LabelSelector& selector, const Map<Str>& labels) {
  for (const auto& e : selector.matchLabels)
    if (labels.get(e.key) != e.value) return false;
  return selector.matchExpressions.empty() && !selector.matchLabels.empty();
}

void add_cluster_role(const Registry& registry, const Str& name, std::vector<PolicyRule>& out) {
  api::ObjectPtr found = registry.get(api::kind<ClusterRole>(), {}, name);
  if (!found) return;
  const ClusterRole& role = *found.as<ClusterRole>();
  if (!role.aggregationRule) return add_rules(role.rules, out);
  const store::Table& all = registry.store().at(registry.table(api::kind<ClusterRole>()));
  for (const auto& entry : all.items) {
    const ClusterRole& part = *entry.second.object.as<ClusterRole>();
    for (const auto& selector : role.aggregationRule->clusterRoleSelectors)
      if (part.metadata.name != name && role_selected(selector, part.metadata.labels)) {
        add_rules(part.rules, out);
        break;
      }
  }
}

bool contains(const List<Str>& list, std::string_view value) {
  return list.find_if([&](const Str& s) { return s == "*" || s == value; }) != nullptr;
}

bool resource_matches(const PolicyRule& rule, const RequestInfo& r) {
  std::string full = r.subresource.empty() ? r.resource.str() : cat(r.resource, '/', r.subresource);
  for (const Str& allowed : rule.resources) {
    if (allowed == "*" || allowed == full) return true;
    if (!r.subresource.empty() && allowed == cat("*/", r.subresource)) return true;
  }
  return false;
}

}  // namespace

std::vector<PolicyRule> rules_for(const Registry& registry, const ports::Identity& who, const Str& ns) {
  std::vector<PolicyRule> rules;
  const store::Store& store = registry.store();
  for (const auto& entry : store.at(registry.table(api::kind<ClusterRoleBinding>())).items) {
    const auto& b = *entry.second.object.as<ClusterRoleBinding>();
    if (any_meant(b.subjects, who, {})) add_cluster_role(registry, b.roleRef.name, rules);
  }
  if (ns.empty()) return rules;
  std::string prefix = cat(ns, '/');
  const store::Table& bindings = store.at(registry.table(api::kind<RoleBinding>()));
  for (auto it = bindings.items.lower_bound(std::string_view(prefix));
       it != bindings.items.end() && starts_with(it->first, prefix); ++it) {
    const auto& b = *it->second.object.as<RoleBinding>();
    if (!any_meant(b.subjects, who, ns)) continue;
    if (b.roleRef.kind == "ClusterRole") {
      add_cluster_role(registry, b.roleRef.name, rules);
    } else if (api::ObjectPtr role = registry.get(api::kind<Role>(), ns, b.roleRef.name)) {
      add_rules(role.as<Role>()->rules, rules);
    }
  }
  return rules;
}

std::vector<PolicyRule> cluster_role_rules(const Registry& registry, const Str& name) {
  std::vector<PolicyRule> rules;
  add_cluster_role(registry, name, rules);
  return rules;
}

bool rule_allows(const PolicyRule& rule, const RequestInfo& r, std::string_view path) {
  if (!contains(rule.verbs, r.verb)) return false;
  if (!r.is_resource) {
    for (const Str& url : rule.nonResourceURLs) {
      std::string_view u = url;
      if (u == path || u == "*") return true;
      if (ends_with(u, "*") && starts_with(path, u.substr(0, u.size() - 1))) return true;
    }
    return false;
  }
  if (!contains(rule.apiGroups, r.group) || !resource_matches(rule, r)) return false;
  return rule.resourceNames.empty() || (!r.name.empty() && rule.resourceNames.contains(r.name));
}

bool rbac_allows(const Registry& registry, const ports::Identity& who, const RequestInfo& request,
                 std::string_view path) {
  for (const PolicyRule& rule : rules_for(registry, who, request.is_resource ? request.ns : Str()))
    if (rule_allows(rule, request, path)) return true;
  return false;
}

}  // namespace orrery::apiserver
