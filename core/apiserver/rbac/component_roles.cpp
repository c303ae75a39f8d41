// What each component and controller may do, and nothing more. Kubelets are judged by the node authorizer instead.
// Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/{policy,controller_policy}.go
#include "core/apiserver/rbac/component_roles.h"

namespace orrery::apiserver {

namespace {

constexpr std::string_view kReadVerbs = "get,list,watch";

constexpr RoleRow kRows[] = {
    {"system:kube-scheduler", "create,patch,update", "core,events.k8s.io", "events", ""},
    {"system:kube-scheduler", kReadVerbs, "core",
     "nodes,namespaces,persistentvolumeclaims,persistentvolumes,replicationcontrollers,services", ""},
    {"system:kube-scheduler", "delete,get,list,watch", "core", "pods", ""},
    {"system:kube-scheduler", "create", "core", "bindings,pods/binding", ""},
    {"system:kube-scheduler", "patch,update", "core", "pods/status", ""},
    {"system:kube-scheduler", kReadVerbs, "apps", "replicasets,statefulsets", ""},
    {"system:kube-scheduler", kReadVerbs, "policy", "poddisruptionbudgets", ""},
    {"system:kube-scheduler", kReadVerbs, "storage.k8s.io",
     "csinodes,csidrivers,csistoragecapacities,storageclasses,volumeattachments", ""},
    {"system:kube-scheduler", kReadVerbs, "scheduling.k8s.io", "priorityclasses", ""},
    {"system:volume-scheduler", "get,list,patch,update,watch", "core", "persistentvolumes,persistentvolumeclaims", ""},
    {"system:volume-scheduler", kReadVerbs, "storage.k8s.io", "storageclasses", ""},

    // Its shared informers see everything; what is done is done under the controllers' own accounts.
    {"system:kube-controller-manager", kReadVerbs, "*", "*", ""},
    {"system:kube-controller-manager", "create,patch,update", "core,events.k8s.io", "events", ""},
    {"system:kube-controller-manager", "create", "core", "serviceaccounts/token", ""},

    {"system:node-proxier", kReadVerbs, "core", "services,endpoints,nodes", ""},
    {"system:node-proxier", kReadVerbs, "discovery.k8s.io", "endpointslices", ""},
    {"system:node-proxier", "create,patch,update", "core,events.k8s.io", "events", ""},
    {"system:metrics-server", "get", "core", "nodes/metrics", ""},
    {"system:metrics-server", kReadVerbs, "core", "pods,nodes", ""},
    {"system:coredns", "list,watch", "core", "endpoints,namespaces,pods,services", ""},
    {"system:coredns", "list,watch", "discovery.k8s.io", "endpointslices", ""},

    // No part of Kubernetes: what network plugins are granted for their policies.
    {"system:network-policy", kReadVerbs, "core", "pods,namespaces", ""},
    {"system:network-policy", kReadVerbs, "networking.k8s.io", "networkpolicies", ""},

    {"system:controller:deployment-controller", "get,list,update,watch", "apps", "deployments", ""},
    {"system:controller:deployment-controller", "update", "apps", "deployments/status,deployments/finalizers", ""},
    {"system:controller:deployment-controller", "create,delete,get,list,patch,update,watch", "apps", "replicasets", ""},
    {"system:controller:deployment-controller", "get,list,update,watch", "core", "pods", ""},
    {"system:controller:replicaset-controller", "get,list,update,watch", "apps", "replicasets", ""},
    {"system:controller:replicaset-controller", "update", "apps", "replicasets/status,replicasets/finalizers", ""},
    {"system:controller:replicaset-controller", "create,delete,get,list,patch,update,watch", "core", "pods", ""},
    {"system:controller:replication-controller", "get,list,update,watch", "core", "replicationcontrollers", ""},
    {"system:controller:replication-controller", "update", "core",
     "replicationcontrollers/status,replicationcontrollers/finalizers", ""},
    {"system:controller:replication-controller", "create,delete,get,list,patch,update,watch", "core", "pods", ""},
    {"system:controller:statefulset-controller", "get,list,watch", "apps", "statefulsets", ""},
    {"system:controller:statefulset-controller", "update", "apps", "statefulsets/status,statefulsets/finalizers", ""},
    {"system:controller:statefulset-controller", "create,delete,get,patch,update", "core", "pods", ""},
    {"system:controller:statefulset-controller", "create,delete,get,list,patch,update,watch", "apps",
     "controllerrevisions", ""},
    {"system:controller:statefulset-controller", "create,delete,get,list,patch,update,watch", "core",
     "persistentvolumeclaims", ""},
    {"system:controller:statefulset-controller", "update", "core", "pods/finalizers", ""},
    {"system:controller:daemon-set-controller", "get,list,watch", "apps", "daemonsets", ""},
    {"system:controller:daemon-set-controller", "update", "apps", "daemonsets/status,daemonsets/finalizers", ""},
    {"system:controller:daemon-set-controller", "list,watch", "core", "nodes", ""},
    {"system:controller:daemon-set-controller", "create,delete,get,list,patch,update,watch", "core", "pods", ""},
    {"system:controller:daemon-set-controller", "create,delete,get,list,patch,update,watch", "apps",
     "controllerrevisions", ""},
    {"system:controller:job-controller", "get,list,patch,update,watch", "batch", "jobs", ""},
    {"system:controller:job-controller", "patch,update", "batch", "jobs/status,jobs/finalizers", ""},
    {"system:controller:job-controller", "create,delete,get,list,patch,update,watch", "core", "pods", ""},
    {"system:controller:cronjob-controller", "get,list,update,watch", "batch", "cronjobs", ""},
    {"system:controller:cronjob-controller", "create,delete,get,list,patch,update,watch", "batch", "jobs", ""},
    {"system:controller:cronjob-controller", "update", "batch", "cronjobs/status,cronjobs/finalizers", ""},
    {"system:controller:ttl-after-finished-controller", "delete,get,list,watch", "batch", "jobs", ""},
    {"system:controller:disruption-controller", "get,list,watch", "apps", "deployments,replicasets,statefulsets", ""},
    {"system:controller:disruption-controller", "get,list,watch", "core", "pods,replicationcontrollers", ""},
    {"system:controller:disruption-controller", "get,list,watch", "policy", "poddisruptionbudgets", ""},
    {"system:controller:disruption-controller", "update", "policy", "poddisruptionbudgets/status", ""},
    {"system:controller:disruption-controller", "patch,update", "core", "pods/status", ""},
    {"system:controller:disruption-controller", "get", "*", "*/scale", ""},
    {"system:controller:horizontal-pod-autoscaler", kReadVerbs, "autoscaling", "horizontalpodautoscalers", ""},
    {"system:controller:horizontal-pod-autoscaler", "update", "autoscaling", "horizontalpodautoscalers/status", ""},
    {"system:controller:horizontal-pod-autoscaler", "get,update", "*", "*/scale", ""},
    {"system:controller:horizontal-pod-autoscaler", "list", "core", "pods", ""},
    {"system:controller:horizontal-pod-autoscaler", "list", "metrics.k8s.io", "pods", ""},
    {"system:controller:horizontal-pod-autoscaler", "get,list", "custom.metrics.k8s.io,external.metrics.k8s.io", "*", ""},
    {"system:controller:persistent-volume-binder", "create,delete,get,list,update,watch", "core", "persistentvolumes",
     ""},
    {"system:controller:persistent-volume-binder", "update", "core",
     "persistentvolumes/status,persistentvolumeclaims/status", ""},
    {"system:controller:persistent-volume-binder", "get,list,update,watch", "core", "persistentvolumeclaims", ""},
    {"system:controller:persistent-volume-binder", kReadVerbs, "storage.k8s.io", "storageclasses", ""},
    {"system:controller:persistent-volume-binder", "create,delete,get,list,watch", "core", "pods", ""},
    {"system:controller:ephemeral-volume-controller", "update", "core", "pods/finalizers", ""},
    {"system:controller:ephemeral-volume-controller", kReadVerbs, "core", "pods", ""},
    {"system:controller:ephemeral-volume-controller", "create,get,list,watch", "core", "persistentvolumeclaims", ""},
    {"system:controller:pvc-protection-controller", "get,list,update,watch", "core", "persistentvolumeclaims", ""},
    {"system:controller:pvc-protection-controller", kReadVerbs, "core", "pods", ""},
    {"system:controller:pv-protection-controller", "get,list,update,watch", "core", "persistentvolumes", ""},
    // No part of Kubernetes: what its example of a local provisioner is granted.
    {"system:controller:local-path-provisioner", "create,delete,get,list,patch,update,watch", "core",
     "persistentvolumes", ""},
    {"system:controller:local-path-provisioner", "get,list,update,watch", "core", "persistentvolumeclaims,nodes,pods",
     ""},
    {"system:controller:local-path-provisioner", kReadVerbs, "storage.k8s.io", "storageclasses", ""},
    {"system:controller:endpointslice-controller", kReadVerbs, "core", "services,pods,nodes", ""},
    {"system:controller:endpointslice-controller", "update", "core", "services/finalizers", ""},
    {"system:controller:endpointslice-controller", "create,delete,get,list,update,watch", "discovery.k8s.io",
     "endpointslices", ""},
    {"system:controller:endpointslicemirroring-controller", kReadVerbs, "core", "services,endpoints", ""},
    {"system:controller:endpointslicemirroring-controller", "update", "core", "services/finalizers,endpoints/finalizers", ""},
    {"system:controller:endpointslicemirroring-controller", "create,delete,get,list,update,watch", "discovery.k8s.io",
     "endpointslices", ""},
    {"system:controller:endpoint-controller", kReadVerbs, "core", "services,pods", ""},
    {"system:controller:endpoint-controller", "create,delete,get,list,update,watch", "core", "endpoints", ""},
    {"system:controller:endpoint-controller", "create", "core", "endpoints/restricted", ""},
    {"system:controller:node-controller", "delete,get,list,patch,update,watch", "core", "nodes", ""},
    {"system:controller:node-controller", "patch,update", "core", "nodes/status,pods/status", ""},
    {"system:controller:node-controller", "delete,get,list,watch", "core", "pods", ""},
    {"system:controller:pod-garbage-collector", "delete,get,list,watch", "core", "pods", ""},
    {"system:controller:pod-garbage-collector", "get,list", "core", "nodes", ""},
    {"system:controller:pod-garbage-collector", "patch,update", "core", "pods/status", ""},
    {"system:controller:generic-garbage-collector", "delete,get,list,patch,update,watch", "*", "*", ""},
    {"system:controller:namespace-controller", "delete,get,list,watch", "core", "namespaces", ""},
    {"system:controller:namespace-controller", "update", "core", "namespaces/finalize,namespaces/status", ""},
    {"system:controller:namespace-controller", "delete,deletecollection,get,list", "*", "*", ""},
    {"system:controller:resourcequota-controller", "list,watch", "*", "*", ""},
    {"system:controller:resourcequota-controller", "update", "core", "resourcequotas/status", ""},
    {"system:controller:service-account-controller", "create", "core", "serviceaccounts", ""},
    {"system:controller:clusterrole-aggregation-controller", "escalate,get,list,patch,update,watch",
     "rbac.authorization.k8s.io", "clusterroles", ""},
    {"system:controller:root-ca-cert-publisher", "create,update", "core", "configmaps", ""},
    {"system:controller:certificate-controller", "delete,get,list,watch", "certificates.k8s.io",
     "certificatesigningrequests", ""},
    {"system:controller:certificate-controller", "update", "certificates.k8s.io",
     "certificatesigningrequests/status,certificatesigningrequests/approval", ""},
    {"system:controller:certificate-controller", "approve,sign", "certificates.k8s.io", "signers", ""},
    {"system:controller:certificate-controller", "create", "authorization.k8s.io", "subjectaccessreviews", ""},
};

// Users that hold a role which isn't a controller's.
struct Holder {
  std::string_view role, user;
};
constexpr Holder kHolders[] = {{"system:kube-scheduler", "system:kube-scheduler"},
                               {"system:volume-scheduler", "system:kube-scheduler"},
                               {"system:kube-controller-manager", "system:kube-controller-manager"},
                               {"system:node-proxier", "system:kube-proxy"},
                               {"system:metrics-server", "system:serviceaccount:kube-system:metrics-server"},
                               {"system:coredns", "system:serviceaccount:kube-system:coredns"},
                               {"system:network-policy", "system:serviceaccount:kube-system:network-policy"}};

}  // namespace

std::vector<RoleRow> component_rows() {
  std::vector<RoleRow> out;
  std::string_view last;
  for (const RoleRow& row : kRows) {
    if (row.role.substr(0, kControllerRole.size()) == kControllerRole && row.role != last)
      out.push_back({row.role, "create,patch,update", "core,events.k8s.io", "events", ""});
    last = row.role;
    out.push_back(row);
  }
  return out;
}

std::vector<RoleHolder> component_holders() {
  std::vector<RoleHolder> out;
  for (const Holder& h : kHolders) out.push_back({h.role, h.user});
  std::string_view last;
  for (const RoleRow& row : kRows) {
    if (row.role == last || row.role.substr(0, kControllerRole.size()) != kControllerRole) continue;
    last = row.role;
    out.push_back({row.role, ""});
  }
  return out;
}

}  // namespace orrery::apiserver
