#include "core/api/gen/admissionregistration_v1.h"
#include "core/api/gen/apiregistration_v1.h"
#include "core/api/gen/apps_v1.h"
#include "core/api/gen/autoscaling_v2.h"
#include "core/api/gen/batch_v1.h"
#include "core/api/gen/coordination_v1.h"
#include "core/api/gen/discovery_v1.h"
#include "core/api/gen/flowcontrol_v1.h"
#include "core/api/gen/networking_v1.h"
#include "core/api/gen/policy_v1.h"
#include "core/api/gen/rbac_v1.h"
#include "core/api/gen/storage_v1.h"
#include "core/apiserver/registry/kinds.h"

namespace orrery::apiserver {

namespace {

template <class T>
Strategy counted() {  // kinds whose generation counts changes of their spec
  Strategy s = row<T>();
  s.generation = true;
  return s;
}

template <class T>
Strategy upsert() {  // kinds that PUT may create
  Strategy s = row<T>();
  s.create_on_update = true;
  return s;
}

template <class T>
Strategy counted_conditional() {  // and a PUT must name the revision that it replaces
  Strategy s = counted<T>();
  s.unconditional_update = false;
  return s;
}

std::vector<Strategy> make_strategies() {
  using namespace api;
  std::vector<Strategy> all;
  for (Strategy s : core_strategies()) all.push_back(s);
  all.push_back(counted<apps_v1::Deployment>());
  all.push_back(counted<apps_v1::ReplicaSet>());
  all.push_back(counted<apps_v1::StatefulSet>());
  all.push_back(counted<apps_v1::DaemonSet>());
  all.push_back(counted<batch_v1::CronJob>());
  all.push_back(job_strategy());
  all.push_back(certificate_strategy());
  all.push_back(definition_strategy());
  all.push_back(counted_conditional<policy_v1::PodDisruptionBudget>());
  all.push_back(counted_conditional<admissionregistration_v1::MutatingWebhookConfiguration>());
  all.push_back(counted_conditional<admissionregistration_v1::ValidatingWebhookConfiguration>());
  all.push_back(counted_conditional<admissionregistration_v1::ValidatingAdmissionPolicy>());
  all.push_back(counted_conditional<admissionregistration_v1::ValidatingAdmissionPolicyBinding>());
  all.push_back(counted<flowcontrol_v1::FlowSchema>());
  all.push_back(counted<flowcontrol_v1::PriorityLevelConfiguration>());
  all.push_back(row<apiregistration_v1::APIService>());
  all.back().unconditional_update = false;
  all.push_back(counted<networking_v1::Ingress>());
  all.push_back(counted<networking_v1::IngressClass>());
  all.push_back(counted<networking_v1::NetworkPolicy>());
  all.push_back(counted<discovery_v1::EndpointSlice>());
  all.push_back(counted<storage_v1::CSIDriver>());
  all.push_back(upsert<coordination_v1::Lease>());
  all.back().unconditional_update = false;
  all.push_back(upsert<rbac_v1::Role>());
  all.push_back(upsert<rbac_v1::RoleBinding>());
  all.push_back(upsert<rbac_v1::ClusterRole>());
  all.push_back(upsert<rbac_v1::ClusterRoleBinding>());
  for (const TypeDesc* type : {&desc<storage_v1::StorageClass>(), &desc<storage_v1::VolumeAttachment>()}) {
    Strategy s;
    s.type = type;
    s.returns_deleted = true;
    all.push_back(s);
  }
  return all;
}

}  // namespace

const Strategy& strategy_of(const api::TypeDesc& type) {
  static const std::vector<Strategy> all = make_strategies();
  static const Strategy otherwise;
  // Source: apiextensions-apiserver pkg/registry/customresource/strategy.go
  static const Strategy custom = [] {
    Strategy s;
    s.generation = true;
    s.unconditional_update = false;
    return s;
  }();
  if (type.custom) return custom;
  for (const Strategy& s : all)
    if (s.type == &type) return s;
  return otherwise;
}

}  // namespace orrery::apiserver
