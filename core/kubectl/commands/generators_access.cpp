// Roles, bindings, quotas, disruption budgets, priority classes from flags (kubectl pkg/cmd/create).
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/generators.h"
#include "core/kubectl/resources.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

std::vector<std::string> words_of_key(Context& c, const char* flag) {
  std::vector<std::string> out;
  for (const std::string& list : c.args.all(flag))
    for (const std::string& word : split(list, ','))
      if (!word.empty()) out.push_back(word);
  return out;
}

// One rule a group of the resources named; false with an error.
bool rules_of(Context& c, json& rules, Step& step) {
  std::vector<std::string> verbs = words_of_key(c, "verb"), resources = words_of_key(c, "resource");
  if (verbs.empty()) return step = c.fail("at least one verb must be specified"), false;
  if (resources.empty()) return step = c.fail("at least one resource must be specified"), false;
  std::vector<std::string> groups;
  std::map<std::string, std::vector<std::string>> by_group;
  for (const std::string& text : resources) {
    std::string name = text.substr(0, text.find('/'));
    std::string below = text.find('/') == std::string::npos ? "" : text.substr(text.find('/'));
    const api::KindInfo* kind = resolve_kind(c, name);
    if (!kind && name != "*") return step = c.fail(unknown_kind(name)), false;
    std::string group = kind ? std::string(kind->group) : "*";
    if (!by_group.count(group)) groups.push_back(group);
    by_group[group].push_back((kind ? std::string(kind->plural) : name) + below);
  }
  std::sort(groups.begin(), groups.end());  // total order
  for (const std::string& group : groups) {
    json rule{{"apiGroups", {group}}, {"resources", by_group[group]}, {"verbs", verbs}};
    if (c.args.has("resource-name")) rule["resourceNames"] = words_of_key(c, "resource-name");
    rules.push_back(std::move(rule));
  }
  return true;
}

Step role(Context& c, const char* kind, const char* word) {
  Step step = Step::Done;
  json rules = json::array();
  if (!exactly_one(c, word, step) || !rules_of(c, rules, step)) return step;
  return create_object(c, json{{"apiVersion", "rbac.authorization.k8s.io/v1"}, {"kind", kind},
                               {"metadata", {{"name", c.args.words()[0]}}}, {"rules", rules}});
}

Step binding(Context& c, const char* kind, const char* word) {
  Step step = Step::Done;
  if (!exactly_one(c, word, step)) return step;
  bool cluster = std::string_view(kind) == "ClusterRoleBinding";
  std::string cluster_role = c.args.get("clusterrole"), own = cluster ? "" : c.args.get("role");
  if (cluster && cluster_role.empty()) return c.fail("clusterrole must be specified");
  if (!cluster && cluster_role.empty() == own.empty()) return c.fail("exactly one of clusterrole or role must be specified");
  json subjects = json::array();
  for (auto [flag, what] : {std::pair{"user", "User"}, {"group", "Group"}})
    for (const std::string& name : words_of_key(c, flag))
      subjects.push_back(json{{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", what}, {"name", name}});
  for (const std::string& account : words_of_key(c, "serviceaccount")) {
    size_t colon = account.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == account.size())
      return c.fail("serviceaccount must be <namespace>:<name>");
    subjects.push_back(json{{"kind", "ServiceAccount"}, {"name", account.substr(colon + 1)}, {"namespace", account.substr(0, colon)}});
  }
  json ref{{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", cluster_role.empty() ? "Role" : "ClusterRole"},
           {"name", cluster_role.empty() ? own : cluster_role}};
  json object{{"apiVersion", "rbac.authorization.k8s.io/v1"}, {"kind", kind}, {"metadata", {{"name", c.args.words()[0]}}}, {"roleRef", ref}};
  if (!subjects.empty()) object["subjects"] = subjects;
  return create_object(c, object);
}

}  // namespace

Step run_create_role(Context& c) { return role(c, "Role", "role"); }
Step run_create_cluster_role(Context& c) { return role(c, "ClusterRole", "clusterrole"); }
Step run_create_role_binding(Context& c) { return binding(c, "RoleBinding", "rolebinding"); }
Step run_create_cluster_role_binding(Context& c) { return binding(c, "ClusterRoleBinding", "clusterrolebinding"); }

Step run_create_quota(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "quota", step)) return step;
  json spec = json::object();
  for (const std::string& pair : words_of_key(c, "hard")) {
    size_t eq = pair.find('=');
    if (eq == std::string::npos) return c.fail(cat("invalid argument syntax ", pair, ", expected <resource>=<value>"));
    spec["hard"][pair.substr(0, eq)] = pair.substr(eq + 1);
  }
  if (c.args.has("scopes")) spec["scopes"] = words_of_key(c, "scopes");
  return create_object(c, json{{"apiVersion", "v1"}, {"kind", "ResourceQuota"}, {"metadata", {{"name", c.args.words()[0]}}}, {"spec", spec}});
}

Step run_create_disruption_budget(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "poddisruptionbudget", step)) return step;
  if (!c.args.has("selector")) return c.fail("a selector must be specified");
  bool min = c.args.has("min-available"), max = c.args.has("max-unavailable");
  if (min == max) return c.fail(min ? "min-available and max-unavailable cannot be both specified"
                                    : "one of min-available or max-unavailable must be specified");
  json labels = json::object();
  for (const std::string& pair : split(c.args.get("selector"), ',')) labels[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
  std::string text = c.args.get(min ? "min-available" : "max-unavailable");
  int64_t number = 0;
  json spec{{"selector", {{"matchLabels", labels}}},
            {min ? "minAvailable" : "maxUnavailable", parse_int64(text, number) ? json(number) : json(text)}};
  return create_object(c, json{{"apiVersion", "policy/v1"}, {"kind", "PodDisruptionBudget"}, {"metadata", {{"name", c.args.words()[0]}}}, {"spec", spec}});
}

Step run_create_priority_class(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "priorityclass", step)) return step;
  int64_t value = 0;
  if (!parse_int64(c.args.get("value", "0"), value)) return c.fail("value must be a number");
  json object{{"apiVersion", "scheduling.k8s.io/v1"}, {"kind", "PriorityClass"}, {"metadata", {{"name", c.args.words()[0]}}},
              {"value", value}, {"preemptionPolicy", c.args.get("preemption-policy", "PreemptLowerPriority")}};
  if (c.args.on("global-default")) object["globalDefault"] = true;
  if (c.args.has("description")) object["description"] = c.args.get("description");
  return create_object(c, object);
}

}  // namespace orrery::kubectl
