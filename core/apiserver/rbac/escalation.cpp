#include "core/apiserver/rbac/escalation.h"

#include <map>

#include "core/apiserver/auth.h"
#include "core/apiserver/errors.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::rbac_v1;

std::string go_list(const std::vector<std::string>& items) {
  std::vector<std::string> out;
  for (const std::string& item : items) out.push_back(quoted(item));
  return cat("[", join(out, " "), "]");
}

RequestInfo asks(const Str& verb, const Str& group, const Str& resource, const Str& ns, const Str& name) {
  RequestInfo info;
  info.is_resource = true;
  info.verb = verb.str();
  info.group = group;
  size_t slash = resource.view().find('/');
  info.resource = resource.view().substr(0, slash);
  if (slash != std::string_view::npos) info.subresource = resource.view().substr(slash + 1);
  info.ns = ns;
  info.name = name;
  return info;
}

bool held(const std::vector<PolicyRule>& own, const RequestInfo& info, std::string_view path) {
  for (const PolicyRule& rule : own)
    if (rule_allows(rule, info, path)) return true;
  return false;
}

// What of the wanted rules isn't held, one line for each resource or path, verbs together.
std::vector<std::string> missing(const std::vector<PolicyRule>& wanted, const std::vector<PolicyRule>& own) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> verbs;
  auto lack = [&](const std::string& head, const Str& verb) {
    auto& list = verbs[head];
    if (list.empty()) order.push_back(head);
    list.push_back(verb.str());
  };
  for (const PolicyRule& rule : wanted)
    for (const Str& verb : rule.verbs) {
      for (const Str& path : rule.nonResourceURLs) {
        RequestInfo info;
        info.verb = verb.str();
        if (!held(own, info, path)) lack(cat("{NonResourceURLs:", go_list({path.str()})), verb);
      }
      for (const Str& group : rule.apiGroups)
        for (const Str& resource : rule.resources) {
          std::string head = cat("{APIGroups:", go_list({group.str()}), ", Resources:", go_list({resource.str()}));
          if (rule.resourceNames.empty() && !held(own, asks(verb, group, resource, {}, {}), {})) lack(head, verb);
          for (const Str& name : rule.resourceNames)
            if (!held(own, asks(verb, group, resource, {}, name), {}))
              lack(cat(head, ", ResourceNames:", go_list({name.str()})), verb);
        }
    }
  std::vector<std::string> out;
  for (const std::string& head : order) out.push_back(cat(head, ", Verbs:", go_list(verbs[head]), "}"));
  return out;
}

Result<void> confirm(const Registry& registry, const ports::Identity& who, const KindInfo& kind, const Str& ns,
                     const Str& name, const std::vector<PolicyRule>& wanted) {
  std::vector<std::string> lines = missing(wanted, rules_for(registry, who, ns));
  if (lines.empty()) return {};
  std::vector<std::string> groups;
  for (const Str& g : who.groups) groups.push_back(g.str());
  return forbidden(kind, name,
                   cat("user ", quoted(who.user), " (groups=", go_list(groups),
                       ") is attempting to grant RBAC permissions not currently held:\n", join(lines, "\n")));
}

std::vector<PolicyRule> rules_in(const List<PolicyRule>& rules) { return {rules.begin(), rules.end()}; }

Result<void> check_binding(const Registry& registry, const ports::Identity& who, const KindInfo& kind, const Str& ns,
                           const Str& name, const RoleRef& ref) {
  bool cluster = ref.kind == "ClusterRole";
  Str resource = cluster ? "clusterroles" : "roles";
  if (authorize(who, asks("bind", "rbac.authorization.k8s.io", resource, ns, ref.name), {}, registry).ok()) return {};
  api::ObjectPtr role =
      cluster ? registry.get(api::kind<ClusterRole>(), {}, ref.name) : registry.get(api::kind<Role>(), ns, ref.name);
  if (!role) return not_found(cluster ? api::kind<ClusterRole>() : api::kind<Role>(), ref.name);
  std::vector<PolicyRule> wanted = cluster ? cluster_role_rules(registry, ref.name) : rules_in(role.as<Role>()->rules);
  return confirm(registry, who, kind, ns, name, wanted);
}

}  // namespace

Result<void> check_no_escalation(const Registry& registry, const ports::Identity& who, const KindInfo& kind,
                                 const Str& ns, api::MutableObject& object) {
  if (kind.group != "rbac.authorization.k8s.io" || who.groups.contains(kMasters)) return {};
  const Str name = object.meta().name;
  auto may_escalate = [&] {
    return authorize(who, asks("escalate", Str(kind.group), Str(kind.plural), ns, name), {}, registry).ok();
  };
  if (kind.kind == "Role" && !may_escalate())
    return confirm(registry, who, kind, ns, name, rules_in(object.as<Role>().rules));
  if (kind.kind == "ClusterRole" && !may_escalate())
    return confirm(registry, who, kind, {}, name, rules_in(object.as<ClusterRole>().rules));
  if (kind.kind == "RoleBinding") return check_binding(registry, who, kind, ns, name, object.as<RoleBinding>().roleRef);
  if (kind.kind == "ClusterRoleBinding")
    return check_binding(registry, who, kind, {}, name, object.as<ClusterRoleBinding>().roleRef);
  return {};
}

}  // namespace orrery::apiserver
