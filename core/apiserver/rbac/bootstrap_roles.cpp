// Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go
#include "core/apiserver/rbac/component_roles.h"
#include "core/apiserver/rbac/rbac.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::rbac_v1;

constexpr std::string_view kRead = "get,list,watch", kWrite = "create,delete,deletecollection,patch,update";

constexpr RoleRow kRules[] = {
    {"cluster-admin", "*", "*", "*", ""},
    {"cluster-admin", "*", "", "", "*"},
    {"system:discovery", "get", "", "",
     "/api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/"},
    {"system:public-info-viewer", "get", "", "", "/healthz,/livez,/readyz,/version,/version/"},
    {"system:basic-user", "create", "authorization.k8s.io", "selfsubjectaccessreviews,selfsubjectrulesreviews", ""},
    {"system:basic-user", "create", "authentication.k8s.io", "selfsubjectreviews", ""},

    {"system:aggregate-to-view", kRead, "core",
     "configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,replicationcontrollers,"
     "replicationcontrollers/scale,serviceaccounts,services,services/status,bindings,events,limitranges,namespaces/"
     "status,"
     "pods/log,pods/status,replicationcontrollers/status,resourcequotas,resourcequotas/status,namespaces",
     ""},
    {"system:aggregate-to-view", kRead, "discovery.k8s.io", "endpointslices", ""},
    {"system:aggregate-to-view", kRead, "apps",
     "controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,replicasets,"
     "replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status",
     ""},
    {"system:aggregate-to-view", kRead, "autoscaling", "horizontalpodautoscalers,horizontalpodautoscalers/status", ""},
    {"system:aggregate-to-view", kRead, "batch", "cronjobs,cronjobs/status,jobs,jobs/status", ""},
    {"system:aggregate-to-view", kRead, "policy", "poddisruptionbudgets,poddisruptionbudgets/status", ""},
    {"system:aggregate-to-view", kRead, "networking.k8s.io", "ingresses,ingresses/status,networkpolicies", ""},

    {"system:aggregate-to-edit", kRead, "core",
     "pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy", ""},
    {"system:aggregate-to-edit", "impersonate", "core", "serviceaccounts", ""},
    {"system:aggregate-to-edit", kWrite, "core",
     "pods,pods/attach,pods/exec,pods/portforward,pods/proxy,configmaps,events,persistentvolumeclaims,"
     "replicationcontrollers,replicationcontrollers/scale,secrets,serviceaccounts,services,services/proxy",
     ""},
    {"system:aggregate-to-edit", "create", "core", "pods/eviction,serviceaccounts/token", ""},
    {"system:aggregate-to-edit", kWrite, "apps",
     "daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,statefulsets,"
     "statefulsets/scale",
     ""},
    {"system:aggregate-to-edit", kWrite, "autoscaling", "horizontalpodautoscalers", ""},
    {"system:aggregate-to-edit", kWrite, "batch", "cronjobs,jobs", ""},
    {"system:aggregate-to-edit", kWrite, "policy", "poddisruptionbudgets", ""},
    {"system:aggregate-to-edit", kWrite, "networking.k8s.io", "ingresses,networkpolicies", ""},
    {"system:aggregate-to-edit", "create,delete,deletecollection,get,list,patch,update,watch", "coordination.k8s.io",
     "leases", ""},

    {"system:aggregate-to-admin", "create", "authorization.k8s.io", "localsubjectaccessreviews", ""},
    {"system:aggregate-to-admin", "create,delete,deletecollection,get,list,patch,update,watch",
     "rbac.authorization.k8s.io", "rolebindings,roles", ""},
};

// Aggregated roles: the label that joins, and the roles that it joins.
struct Aggregate {
  std::string_view role;
  std::string_view parts;
};
constexpr Aggregate kAggregates[] = {{"admin", "admin"}, {"edit", "edit"}, {"view", "view"}};

List<Str> list_of(std::string_view comma_separated) {
  List<Str> out;
  if (comma_separated.empty()) return out;
  for (const std::string& piece : split(comma_separated, ',')) out.push_back(piece == "core" ? Str() : Str(piece));
  return out;
}

std::string join_label(std::string_view role) { return cat("rbac.authorization.k8s.io/aggregate-to-", role); }

}  // namespace

std::vector<ClusterRole> bootstrap_roles() {
  std::vector<ClusterRole> out;
  std::vector<RoleRow> rows(std::begin(kRules), std::end(kRules));
  for (const RoleRow& row : component_rows()) rows.push_back(row);
  for (const RoleRow& row : rows) {
    if (out.empty() || out.back().metadata.name != row.role) {
      ClusterRole role;
      role.metadata.name = Str(row.role);
      role.metadata.labels.set("kubernetes.io/bootstrapping", "rbac-defaults");
      role.metadata.annotations.set("rbac.authorization.kubernetes.io/autoupdate", "true");
      // What viewers may do, editors may; what editors may, administrators.
      constexpr std::string_view kParts = "system:aggregate-to-";
      if (starts_with(row.role, kParts)) {
        std::string_view part = row.role.substr(kParts.size());
        role.metadata.labels.set(join_label("admin"), "true");
        if (part != "admin") role.metadata.labels.set(join_label("edit"), "true");
        if (part == "view") role.metadata.labels.set(join_label("view"), "true");
      }
      out.push_back(std::move(role));
    }
    PolicyRule rule;
    rule.verbs = list_of(row.verbs);
    rule.apiGroups = list_of(row.groups);
    rule.resources = list_of(row.resources);
    rule.nonResourceURLs = list_of(row.urls);
    out.back().rules.push_back(std::move(rule));
  }
  for (const Aggregate& a : kAggregates) {
    ClusterRole role;
    role.metadata.name = Str(a.role);
    role.metadata.labels.set("kubernetes.io/bootstrapping", "rbac-defaults");
    role.metadata.annotations.set("rbac.authorization.kubernetes.io/autoupdate", "true");
    api::meta_v1::LabelSelector selector;
    selector.matchLabels.set(join_label(a.parts), "true");
    role.aggregationRule.mut().clusterRoleSelectors.push_back(std::move(selector));
    out.push_back(std::move(role));
  }
  return out;
}

namespace {

ClusterRoleBinding binding_of(std::string_view role) {
  ClusterRoleBinding binding;
  binding.metadata.name = Str(role);
  binding.metadata.labels.set("kubernetes.io/bootstrapping", "rbac-defaults");
  binding.metadata.annotations.set("rbac.authorization.kubernetes.io/autoupdate", "true");
  binding.roleRef.apiGroup = "rbac.authorization.k8s.io";
  binding.roleRef.kind = "ClusterRole";
  binding.roleRef.name = Str(role);
  return binding;
}

ClusterRoleBinding binding_of(const RoleHolder& holder) {
  ClusterRoleBinding binding = binding_of(holder.role);
  Subject s;
  std::string_view user = holder.user;
  constexpr std::string_view kAccounts = "system:serviceaccount:kube-system:";
  if (user.empty() || starts_with(user, kAccounts)) {
    s.kind = "ServiceAccount";
    s.namespace_ = "kube-system";
    s.name = Str(user.empty() ? holder.role.substr(kControllerRole.size()) : user.substr(kAccounts.size()));
  } else {
    s.kind = "User";
    s.apiGroup = "rbac.authorization.k8s.io";
    s.name = Str(user);
  }
  binding.subjects.push_back(std::move(s));
  return binding;
}

}  // namespace

std::vector<ClusterRoleBinding> bootstrap_bindings() {
  struct Bind {
    std::string_view role;
    std::string_view groups;
  };
  std::vector<ClusterRoleBinding> out;
  for (const Bind& b : {Bind{"cluster-admin", "system:masters"}, Bind{"system:discovery", "system:authenticated"},
                        Bind{"system:basic-user", "system:authenticated"},
                        Bind{"system:public-info-viewer", "system:authenticated,system:unauthenticated"}}) {
    ClusterRoleBinding binding = binding_of(b.role);
    for (const std::string& group : split(b.groups, ',')) {
      Subject s;
      s.kind = "Group";
      s.apiGroup = "rbac.authorization.k8s.io";
      s.name = Str(group);
      binding.subjects.push_back(std::move(s));
    }
    out.push_back(std::move(binding));
  }
  for (const RoleHolder& holder : component_holders()) out.push_back(binding_of(holder));
  return out;
}

}  // namespace orrery::apiserver
