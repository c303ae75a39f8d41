// Pod Security admission: the namespace's labels say which level is enforced for pods, and of which pods and workloads
// are warned. Source: k8s.io/pod-security-admission/admission/admission.go.
#include "core/apiserver/pod_security/pod_security.h"

#include "core/api/gen/apps_v1.h"
#include "core/api/gen/batch_v1.h"
#include "core/apiserver/admission/admission.h"

namespace orrery::apiserver {

namespace {

using api::core_v1::Namespace;
using api::core_v1::Pod;
using api::core_v1::PodTemplateSpec;

struct Policy {
  SecurityLevel level = SecurityLevel::Privileged;
  Str version = "latest";
  std::string text() const { return cat("\"", security_level_text(level), ":", version, "\""); }
};

Policy policy_of(const Namespace& ns, std::string_view mode) {
  Policy policy;
  std::string label = cat("pod-security.kubernetes.io/", mode);
  if (const Str* level = ns.metadata.labels.find(label)) parse_security_level(*level, policy.level);
  if (const Str* version = ns.metadata.labels.find(cat(label, "-version"))) policy.version = *version;
  return policy;
}

// The pod template of a workload, null for other kinds.
const PodTemplateSpec* template_in(api::MutableObject& object) {
  using namespace api;
  const TypeDesc& type = object.type();
  auto is = [&](const TypeDesc& other) { return &type == &other; };
  if (is(desc<apps_v1::Deployment>())) return &object.as<apps_v1::Deployment>().spec.template_;
  if (is(desc<apps_v1::ReplicaSet>())) return &object.as<apps_v1::ReplicaSet>().spec.template_;
  if (is(desc<apps_v1::StatefulSet>())) return &object.as<apps_v1::StatefulSet>().spec.template_;
  if (is(desc<apps_v1::DaemonSet>())) return &object.as<apps_v1::DaemonSet>().spec.template_;
  if (is(desc<batch_v1::Job>())) return &object.as<batch_v1::Job>().spec.template_;
  if (is(desc<batch_v1::CronJob>())) return &object.as<batch_v1::CronJob>().spec.jobTemplate.spec.template_;
  if (is(desc<core_v1::ReplicationController>()))
    return object.as<core_v1::ReplicationController>().spec.template_.get();
  return nullptr;
}

}  // namespace

Result<void> pod_security(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr& old) {
  if (!object || !r.kind.namespaced || (!r.subresource.empty() && r.subresource != "ephemeralcontainers")) return {};
  bool is_pod = r.kind.kind == "Pod";
  const PodTemplateSpec* tmpl = is_pod ? nullptr : template_in(*object);
  if (!is_pod && !tmpl) return {};
  api::ObjectPtr found = r.registry.head(api::kind<Namespace>(), {}, r.ns, r.writer);
  if (!found) return {};
  const Namespace& ns = *found.as<Namespace>();
  const auto& spec = is_pod ? object->as<Pod>().spec : tmpl->spec;
  const auto& annotations = is_pod ? object->as<Pod>().metadata.annotations : tmpl->metadata.annotations;
  if (old && is_pod && old.as<Pod>() && old.as<Pod>()->spec == spec) return {};  // nothing that the standards look at
  if (is_pod) {
    Policy enforce = policy_of(ns, "enforce");
    std::string faults = security_violations(spec, annotations, enforce.level);
    if (!faults.empty())
      return forbidden(r.kind, object->meta().name, cat("violates PodSecurity ", enforce.text(), ": ", faults));
  }
  Policy warn = policy_of(ns, "warn");
  std::string faults = security_violations(spec, annotations, warn.level);
  if (!faults.empty()) r.writer.warnings.push_back(cat("would violate PodSecurity ", warn.text(), ": ", faults));
  return {};
}

}  // namespace orrery::apiserver
