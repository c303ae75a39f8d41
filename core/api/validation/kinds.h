// One function a kind for objects to create, one for updates where something may not change.
#pragma once

#include "core/api/gen/admissionregistration_v1.h"
#include "core/api/gen/apiextensions_v1.h"
#include "core/api/gen/apiregistration_v1.h"
#include "core/api/gen/apps_v1.h"
#include "core/api/gen/autoscaling_v1.h"
#include "core/api/gen/autoscaling_v2.h"
#include "core/api/gen/batch_v1.h"
#include "core/api/gen/certificates_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/api/gen/discovery_v1.h"
#include "core/api/gen/flowcontrol_v1.h"
#include "core/api/gen/networking_v1.h"
#include "core/api/gen/policy_v1.h"
#include "core/api/gen/rbac_v1.h"
#include "core/api/gen/scheduling_v1.h"
#include "core/api/gen/storage_v1.h"
#include "core/api/validation/meta.h"

namespace orrery::api::validation {

// definition.cpp
void check(Errors& e, const apiextensions_v1::CustomResourceDefinition& d);
void check_update(Errors& e, const apiextensions_v1::CustomResourceDefinition& d,
                  const apiextensions_v1::CustomResourceDefinition& old);
// extension.cpp
void check(Errors& e, const admissionregistration_v1::MutatingWebhookConfiguration& c);
void check(Errors& e, const admissionregistration_v1::ValidatingWebhookConfiguration& c);
void check(Errors& e, const admissionregistration_v1::ValidatingAdmissionPolicy& p);
void check(Errors& e, const admissionregistration_v1::ValidatingAdmissionPolicyBinding& b);
void check(Errors& e, const flowcontrol_v1::FlowSchema& f);
void check(Errors& e, const flowcontrol_v1::PriorityLevelConfiguration& p);
void check(Errors& e, const apiregistration_v1::APIService& a);
// certificates.cpp
void check(Errors& e, const certificates_v1::CertificateSigningRequest& c);
// workloads.cpp
void check(Errors& e, const apps_v1::Deployment& d);
void check(Errors& e, const apps_v1::ReplicaSet& r);
void check(Errors& e, const apps_v1::StatefulSet& s);
void check(Errors& e, const apps_v1::DaemonSet& d);
void check(Errors& e, const core_v1::ReplicationController& r);
void check_update(Errors& e, const apps_v1::Deployment& d, const apps_v1::Deployment& old);
void check_update(Errors& e, const apps_v1::ReplicaSet& r, const apps_v1::ReplicaSet& old);
void check_update(Errors& e, const apps_v1::StatefulSet& s, const apps_v1::StatefulSet& old);
void check_update(Errors& e, const apps_v1::DaemonSet& d, const apps_v1::DaemonSet& old);
// batch.cpp
void check(Errors& e, const batch_v1::Job& j);
void check(Errors& e, const batch_v1::CronJob& c);
void check_update(Errors& e, const batch_v1::Job& j, const batch_v1::Job& old);
// service.cpp
void check(Errors& e, const core_v1::Service& s);
void check_update(Errors& e, const core_v1::Service& s, const core_v1::Service& old);
// core_kinds.cpp
void check(Errors& e, const core_v1::ConfigMap& c);
void check(Errors& e, const core_v1::Secret& s);
void check(Errors& e, const core_v1::Node& n);
void check(Errors& e, const core_v1::PersistentVolumeClaim& c);
void check(Errors& e, const core_v1::PersistentVolume& v);
void check(Errors& e, const core_v1::ResourceQuota& q);
void check(Errors& e, const core_v1::LimitRange& l);
void check_update(Errors& e, const core_v1::ConfigMap& c, const core_v1::ConfigMap& old);
void check_update(Errors& e, const core_v1::Secret& s, const core_v1::Secret& old);
void check_update(Errors& e, const core_v1::PersistentVolumeClaim& c, const core_v1::PersistentVolumeClaim& old);
// other_kinds.cpp
void check(Errors& e, const networking_v1::Ingress& i);
void check(Errors& e, const networking_v1::NetworkPolicy& p);
void check(Errors& e, const policy_v1::PodDisruptionBudget& b);
void check(Errors& e, const autoscaling_v1::HorizontalPodAutoscaler& h);
void check(Errors& e, const autoscaling_v2::HorizontalPodAutoscaler& h);
void check(Errors& e, const rbac_v1::Role& r);
void check(Errors& e, const rbac_v1::ClusterRole& r);
void check(Errors& e, const rbac_v1::RoleBinding& b);
void check(Errors& e, const rbac_v1::ClusterRoleBinding& b);
void check(Errors& e, const scheduling_v1::PriorityClass& c);
void check(Errors& e, const storage_v1::StorageClass& c);
void check(Errors& e, const discovery_v1::EndpointSlice& s);
void check_update(Errors& e, const rbac_v1::RoleBinding& b, const rbac_v1::RoleBinding& old);
void check_update(Errors& e, const rbac_v1::ClusterRoleBinding& b, const rbac_v1::ClusterRoleBinding& old);

}  // namespace orrery::api::validation
