#include "core/api/validation/validate.h"

#include "core/api/custom/custom_type.h"
#include "core/api/json.h"
#include "core/api/validation/kinds.h"
#include "core/api/validation/pod.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

using namespace validation;

struct Rules {
  const TypeDesc* type;
  void (*create)(Errors&, const void*);
  void (*update)(Errors&, const void*, const void*);
};

template <class T>
Rules rules() {
  return {&desc<T>(), [](Errors& e, const void* o) { check(e, *static_cast<const T*>(o)); },
          [](Errors& e, const void* o, const void*) { check(e, *static_cast<const T*>(o)); }};
}
template <class T>
Rules rules_with_update() {
  return {&desc<T>(), [](Errors& e, const void* o) { check(e, *static_cast<const T*>(o)); },
          [](Errors& e, const void* o, const void* old) {
            check_update(e, *static_cast<const T*>(o), *static_cast<const T*>(old));
          }};
}

const Rules* find_rules(const TypeDesc& type) {
  static const Rules kRules[] = {
      rules_with_update<apps_v1::Deployment>(),
      rules_with_update<apps_v1::ReplicaSet>(),
      rules_with_update<apps_v1::StatefulSet>(),
      rules_with_update<apps_v1::DaemonSet>(),
      rules<core_v1::ReplicationController>(),
      rules_with_update<batch_v1::Job>(),
      rules<batch_v1::CronJob>(),
      rules<certificates_v1::CertificateSigningRequest>(),
      rules_with_update<core_v1::Service>(),
      rules_with_update<core_v1::ConfigMap>(),
      rules_with_update<core_v1::Secret>(),
      rules<core_v1::Node>(),
      rules_with_update<core_v1::PersistentVolumeClaim>(),
      rules<core_v1::PersistentVolume>(),
      rules<core_v1::ResourceQuota>(),
      rules<core_v1::LimitRange>(),
      rules<networking_v1::Ingress>(),
      rules<networking_v1::NetworkPolicy>(),
      rules<policy_v1::PodDisruptionBudget>(),
      rules<autoscaling_v1::HorizontalPodAutoscaler>(),
      rules<autoscaling_v2::HorizontalPodAutoscaler>(),
      rules<rbac_v1::Role>(),
      rules<rbac_v1::ClusterRole>(),
      rules_with_update<rbac_v1::RoleBinding>(),
      rules_with_update<rbac_v1::ClusterRoleBinding>(),
      rules<scheduling_v1::PriorityClass>(),
      rules<storage_v1::StorageClass>(),
      rules<discovery_v1::EndpointSlice>(),
      rules_with_update<apiextensions_v1::CustomResourceDefinition>(),
      rules<admissionregistration_v1::MutatingWebhookConfiguration>(),
      rules<admissionregistration_v1::ValidatingWebhookConfiguration>(),
      rules<admissionregistration_v1::ValidatingAdmissionPolicy>(),
      rules<admissionregistration_v1::ValidatingAdmissionPolicyBinding>(),
      rules<flowcontrol_v1::FlowSchema>(),
      rules<flowcontrol_v1::PriorityLevelConfiguration>(),
      rules<apiregistration_v1::APIService>(),
  };
  for (const Rules& r : kRules)
    if (r.type == &type) return &r;
  return nullptr;
}

NameRule name_rule(const KindInfo& kind) {
  if (kind.group == "rbac.authorization.k8s.io") return path_segment;
  if (kind.kind == "Namespace" || kind.kind == "CSINode") return dns1123_label;
  if (kind.kind == "Service") return dns1035_label;
  if (kind.kind == "CertificateSigningRequest" || kind.kind == "APIService") return path_segment;
  return dns1123_subdomain;
}

// What a custom resource's schema says.
void check_by_schema(Errors& e, const TypeDesc& type, const void* object) {
  if (!type.custom) return;
  for (const Cause& c : check_custom(*type.custom, *static_cast<const CustomObject*>(object))) e.causes.push_back(c);
}

const meta_v1::ObjectMeta& meta(const void* object) { return *static_cast<const meta_v1::ObjectMeta*>(object); }

}  // namespace

List<Cause> validate_create(const KindInfo& kind, const TypeDesc& type, const void* object) {
  Errors e;
  if (&type == &desc<core_v1::Pod>()) {
    check_pod(e, *static_cast<const core_v1::Pod*>(object));
    return e.causes;
  }
  if (type.has_object_meta) check_meta(e, meta(object), kind.namespaced, name_rule(kind), Path("metadata"));
  if (const Rules* r = find_rules(type)) r->create(e, object);
  check_by_schema(e, type, object);
  return e.causes;
}

List<Cause> validate_update(const KindInfo& kind, const TypeDesc& type, const void* object, const void* old) {
  Errors e;
  if (&type == &desc<core_v1::Pod>()) {
    check_pod_update(e, *static_cast<const core_v1::Pod*>(object), *static_cast<const core_v1::Pod*>(old));
    return e.causes;
  }
  (void)kind;
  if (type.has_object_meta) check_meta_update(e, meta(object), meta(old), Path("metadata"));
  if (const Rules* r = find_rules(type)) r->update(e, object, old);
  check_by_schema(e, type, object);
  return e.causes;
}

List<Cause> validate_ephemeral_update(const void* pod, const void* old) {
  Errors e;
  check_ephemeral_update(e, *static_cast<const core_v1::Pod*>(pod), *static_cast<const core_v1::Pod*>(old));
  return e.causes;
}

List<Cause> validate_status_update(const KindInfo&, const TypeDesc& type, const void* object, const void* old) {
  Errors e;
  if (type.has_object_meta) check_meta_update(e, meta(object), meta(old), Path("metadata"));
  auto replicas = [&](const auto& s) {
    Path at("status");
    e.nonnegative(at / "replicas", s.replicas);
    e.nonnegative(at / "readyReplicas", s.readyReplicas);
    e.nonnegative(at / "availableReplicas", s.availableReplicas);
    e.nonnegative(at / "observedGeneration", s.observedGeneration);
    if (s.readyReplicas > s.replicas)
      e.invalid(at / "readyReplicas", Value::of(s.readyReplicas), "cannot be greater than status.replicas");
    if (s.availableReplicas > s.readyReplicas)
      e.invalid(at / "availableReplicas", Value::of(s.availableReplicas), "cannot be greater than readyReplicas");
  };
  if (&type == &desc<apps_v1::Deployment>()) replicas(static_cast<const apps_v1::Deployment*>(object)->status);
  check_by_schema(e, type, object);
  if (&type == &desc<apps_v1::ReplicaSet>()) replicas(static_cast<const apps_v1::ReplicaSet*>(object)->status);
  return e.causes;
}

Error invalid(std::string_view group, std::string_view kind, std::string_view name, List<Cause> causes) {
  std::vector<std::string> said;
  for (const Cause& c : causes) {
    std::string text = cat(c.field, ": ", c.message);
    bool again = false;
    for (const std::string& s : said) again = again || s == text;
    if (!again) said.push_back(std::move(text));
  }
  std::string all = said.size() == 1 ? said[0] : "[" + join(said, ", ") + "]";
  Error e = make_error(Reason::Invalid, cat(kind, group.empty() ? "" : ".", group, " ", orrery::quoted(name),
                                            " is invalid", said.empty() ? "" : ": ", said.empty() ? "" : all));
  e.name = Str(name);
  e.group = Str(group);
  e.kind = Str(kind);
  e.causes = std::move(causes);
  return e;
}

std::vector<std::string> check_name(const KindInfo& kind, std::string_view name, bool prefix) {
  return name_rule(kind)(without_dash(name, prefix));
}

}  // namespace orrery::api
