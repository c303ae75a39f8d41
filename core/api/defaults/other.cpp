// pkg/apis/{networking,discovery,rbac,storage,scheduling}/v1/defaults.go, apiextensions v1 defaults.
#include "core/api/defaults/rules.h"
#include "core/api/gen/apiextensions_v1.h"
#include "core/api/gen/discovery_v1.h"
#include "core/api/gen/networking_v1.h"
#include "core/api/gen/rbac_v1.h"
#include "core/api/gen/scheduling_v1.h"
#include "core/api/gen/storage_v1.h"
#include "core/base/text.h"

namespace orrery::api::defaults {
namespace {

constexpr const char* kRbacGroup = "rbac.authorization.k8s.io";

void slice_port(discovery_v1::EndpointPort& p) {
  set_if_unset(p.name, "");
  set_if_unset(p.protocol, "TCP");
}

void network_policy(networking_v1::NetworkPolicy& p) {
  if (!p.spec.policyTypes.empty()) return;
  p.spec.policyTypes.push_back("Ingress");
  if (!p.spec.egress.empty()) p.spec.policyTypes.push_back("Egress");
}
void network_policy_port(networking_v1::NetworkPolicyPort& p) { set_if_unset(p.protocol, "TCP"); }
void ingress_class(networking_v1::IngressClassParametersReference& r) { set_if_unset(r.scope, "Cluster"); }

void subject(rbac_v1::Subject& s) {
  if (s.apiGroup.empty() && (s.kind == "User" || s.kind == "Group")) s.apiGroup = kRbacGroup;
}
void role_ref(rbac_v1::RoleRef& r) { set_if_empty(r.apiGroup, kRbacGroup); }

void storage_class(storage_v1::StorageClass& c) {
  set_if_unset(c.reclaimPolicy, "Delete");
  set_if_unset(c.volumeBindingMode, "Immediate");
}
void csi_driver(storage_v1::CSIDriverSpec& s) {
  set_if_unset(s.attachRequired, true);
  set_if_unset(s.podInfoOnMount, false);
  set_if_unset(s.storageCapacity, false);
  set_if_unset(s.fsGroupPolicy, "ReadWriteOnceWithFSType");
  if (s.volumeLifecycleModes.empty()) s.volumeLifecycleModes.push_back("Persistent");
  set_if_unset(s.requiresRepublish, false);
  set_if_unset(s.seLinuxMount, false);
}

void priority_class(scheduling_v1::PriorityClass& c) { set_if_unset(c.preemptionPolicy, "PreemptLowerPriority"); }

void crd(apiextensions_v1::CustomResourceDefinition& c) {
  auto& names = c.spec.names;
  if (names.singular.empty()) names.singular = to_lower(names.kind);
  if (names.listKind.empty() && !names.kind.empty()) names.listKind = cat(names.kind, "List");
  if (!c.spec.conversion || c.spec.conversion->strategy.empty()) c.spec.conversion.mut().strategy = "None";
}

}  // namespace

void add_other_rules(std::vector<Rule>& rules) {
  rules.insert(rules.end(), {
      rule<discovery_v1::EndpointPort, slice_port>(),
      rule<networking_v1::NetworkPolicy, network_policy>(),
      rule<networking_v1::NetworkPolicyPort, network_policy_port>(),
      rule<networking_v1::IngressClassParametersReference, ingress_class>(),
      rule<rbac_v1::Subject, subject>(),
      rule<rbac_v1::RoleRef, role_ref>(),
      rule<storage_v1::StorageClass, storage_class>(),
      rule<storage_v1::CSIDriverSpec, csi_driver>(),
      rule<scheduling_v1::PriorityClass, priority_class>(),
      rule<apiextensions_v1::CustomResourceDefinition, crd>(),
  });
}

}  // namespace orrery::api::defaults
