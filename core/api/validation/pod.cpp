#include "core/api/validation/pod.h"

#include "core/api/access.h"
#include "core/api/json.h"
#include "core/api/object.h"
#include "core/base/text.h"

namespace orrery::api::validation {

using namespace core_v1;

namespace {

constexpr int64_t kIdMax = 2147483647;

void user_id(Errors& e, const std::optional<int64_t>& id, const Path& at) {
  if (id && (*id < 0 || *id > kIdMax)) e.invalid(at, Value::of(*id), must_be_between(0, kIdMax));
}

void seccomp(Errors& e, const Box<SeccompProfile>& p, const Path& at) {
  if (!p) return;
  e.one_of(at / "type", p->type, {"Localhost", "RuntimeDefault", "Unconfined"});
  if (p->type == "Localhost" && !p->localhostProfile)
    e.required(at / "localhostProfile", "must be set when seccomp type is Localhost");
  else if (!(p->type == "Localhost") && p->localhostProfile)
    e.invalid(at / "localhostProfile", p->localhostProfile->view(), "can only be set when seccomp type is Localhost");
}

void pod_security(Errors& e, const PodSecurityContext& s, const Path& at) {
  user_id(e, s.fsGroup, at / "fsGroup");
  user_id(e, s.runAsUser, at / "runAsUser");
  user_id(e, s.runAsGroup, at / "runAsGroup");
  for (uint32_t i = 0; i < s.supplementalGroups.size(); ++i)
    user_id(e, s.supplementalGroups[i], (at / "supplementalGroups").index(i));
  if (s.fsGroupChangePolicy)
    e.one_of(at / "fsGroupChangePolicy", *s.fsGroupChangePolicy, {"Always", "OnRootMismatch"});
  seccomp(e, s.seccompProfile, at / "seccompProfile");
}

std::string toleration_json(const Toleration& t) { return to_json(t); }

void affinity_terms(Errors& e, const NodeSelector& s, const Path& at) {
  if (s.nodeSelectorTerms.empty()) e.required(at / "nodeSelectorTerms", "must have at least one node selector term");
  for (uint32_t i = 0; i < s.nodeSelectorTerms.size(); ++i)
    for (uint32_t k = 0; k < s.nodeSelectorTerms[i].matchExpressions.size(); ++k) {
      const auto& r = s.nodeSelectorTerms[i].matchExpressions[k];
      Path here = ((at / "nodeSelectorTerms").index(i) / "matchExpressions").index(k);
      bool in = r.operator_ == "In" || r.operator_ == "NotIn", compare = r.operator_ == "Gt" || r.operator_ == "Lt";
      bool exists = r.operator_ == "Exists" || r.operator_ == "DoesNotExist";
      if (in && r.values.empty())
        e.required(here / "values", "must be specified when `operator` is 'In' or 'NotIn'");
      else if (exists && !r.values.empty())
        e.forbidden(here / "values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      else if (compare && r.values.size() != 1)
        e.required(here / "values", "must be specified single value when `operator` is 'Lt' or 'Gt'");
      else if (!in && !exists && !compare)
        e.invalid(here / "operator", r.operator_.view(), "not a valid selector operator");
      e.invalid_each(here / "key", r.key, qualified_name(r.key));
    }
}

void affinity(Errors& e, const Box<Affinity>& a, const Path& at) {
  if (!a || !a->nodeAffinity) return;
  const auto& required = a->nodeAffinity->requiredDuringSchedulingIgnoredDuringExecution;
  if (required)
    affinity_terms(e, *required, at / "nodeAffinity" / "requiredDuringSchedulingIgnoredDuringExecution");
}

void spread(Errors& e, const List<TopologySpreadConstraint>& list, const Path& at) {
  for (uint32_t i = 0; i < list.size(); ++i) {
    const auto& c = list[i];
    Path here = at.index(i);
    if (c.maxSkew <= 0) e.invalid(here / "maxSkew", Value::of(c.maxSkew), "must be greater than zero");
    if (c.topologyKey.empty()) e.required(here / "topologyKey", "can not be empty");
    bool known = c.whenUnsatisfiable == "DoNotSchedule" || c.whenUnsatisfiable == "ScheduleAnyway";
    if (!known) e.not_supported(here / "whenUnsatisfiable", c.whenUnsatisfiable, {"DoNotSchedule", "ScheduleAnyway"});
    if (c.minDomains && *c.minDomains <= 0)
      e.invalid(here / "minDomains", Value::of(*c.minDomains), "must be greater than zero");
    if (c.labelSelector) check_label_selector(e, *c.labelSelector, here / "labelSelector");
  }
}

}  // namespace

void check_security_context(Errors& e, const SecurityContext& s, const Path& at) {
  user_id(e, s.runAsUser, at / "runAsUser");
  user_id(e, s.runAsGroup, at / "runAsGroup");
  if (s.procMount) e.one_of(at / "procMount", *s.procMount, {"Default", "Unmasked"});
  if (s.allowPrivilegeEscalation && !*s.allowPrivilegeEscalation) {
    if (s.privileged.value_or(false))
      e.invalid(at, Value::json(to_json(s)),
                "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    if (s.capabilities && s.capabilities->add.contains("CAP_SYS_ADMIN"))
      e.invalid(at, Value::json(to_json(s)),
                "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
  }
  seccomp(e, s.seccompProfile, at / "seccompProfile");
}

void check_tolerations(Errors& e, const List<Toleration>& list, const Path& at) {
  for (uint32_t i = 0; i < list.size(); ++i) {
    const Toleration& t = list[i];
    Path here = at.index(i);
    if (!t.key.empty()) e.invalid_each(here / "key", t.key, qualified_name(t.key));
    if (t.key.empty() && !(t.operator_ == "Exists"))
      e.invalid(here / "operator", t.operator_.view(),
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
    if (t.tolerationSeconds && !(t.effect == "NoExecute"))
      e.invalid(here / "effect", t.effect.view(), "effect must be 'NoExecute' when `tolerationSeconds` is set");
    if (t.operator_ == "Equal" || t.operator_.empty()) {
      Problems bad = label_value(t.value);
      if (!bad.empty()) e.invalid(here / "operator", t.value.view(), join(bad, ";"));
    } else if (t.operator_ == "Exists") {
      if (!t.value.empty())
        e.invalid(here / "operator", Value::json(toleration_json(t)),
                  "value must be empty when `operator` is 'Exists'");
    } else {
      e.not_supported(here / "operator", t.operator_, {"Equal", "Exists"});
    }
    if (!t.effect.empty()) e.one_of(here / "effect", t.effect, {"NoExecute", "NoSchedule", "PreferNoSchedule"});
  }
}

void check_pod_spec(Errors& e, const PodSpec& s, const Path& at) {
  VolumeNames volumes = check_volumes(e, s.volumes, at / "volumes");
  check_containers(e, s, volumes, at);
  e.one_of(at / "restartPolicy", s.restartPolicy, {"Always", "Never", "OnFailure"});
  e.one_of(at / "dnsPolicy", s.dnsPolicy, {"ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"});
  if (s.dnsPolicy == "None" && (!s.dnsConfig || s.dnsConfig->nameservers.empty()))
    e.required(at / "dnsConfig" / "nameservers",
               "must provide at least one DNS nameserver when `dnsPolicy` is None");
  check_labels(e, s.nodeSelector, at / "nodeSelector");
  if (s.securityContext) pod_security(e, *s.securityContext, at / "securityContext");
  for (uint32_t i = 0; i < s.imagePullSecrets.size(); ++i)
    if (s.imagePullSecrets[i].name.empty()) e.required((at / "imagePullSecrets").index(i) / "name");
  affinity(e, s.affinity, at / "affinity");
  spread(e, s.topologySpreadConstraints, at / "topologySpreadConstraints");
  for (uint32_t i = 0; i < s.schedulingGates.size(); ++i) {
    Path here = (at / "schedulingGates").index(i);
    e.invalid_each(here, s.schedulingGates[i].name, qualified_name(s.schedulingGates[i].name));
    for (uint32_t k = 0; k < i; ++k)
      if (s.schedulingGates[k].name == s.schedulingGates[i].name)
        e.duplicate(here, Value::of(s.schedulingGates[i].name.view()));
  }
  if (!s.serviceAccountName.empty())
    e.invalid_each(at / "serviceAccountName", s.serviceAccountName, dns1123_subdomain(s.serviceAccountName));
  if (!s.nodeName.empty()) e.invalid_each(at / "nodeName", s.nodeName, dns1123_subdomain(s.nodeName));
  if (s.activeDeadlineSeconds && (*s.activeDeadlineSeconds < 1 || *s.activeDeadlineSeconds > INT32_MAX))
    e.invalid(at / "activeDeadlineSeconds", Value::of(*s.activeDeadlineSeconds), must_be_between(1, INT32_MAX));
  if (!s.hostname.empty()) e.invalid_each(at / "hostname", s.hostname, dns1123_label(s.hostname));
  if (!s.subdomain.empty()) e.invalid_each(at / "subdomain", s.subdomain, dns1123_label(s.subdomain));
  check_tolerations(e, s.tolerations, at / "tolerations");
  for (uint32_t i = 0; i < s.hostAliases.size(); ++i)
    e.invalid_each((at / "hostAliases").index(i) / "ip", s.hostAliases[i].ip, ip_address(s.hostAliases[i].ip));
  if (!s.priorityClassName.empty())
    e.invalid_each(at / "priorityClassName", s.priorityClassName, dns1123_subdomain(s.priorityClassName));
  if (s.runtimeClassName)
    e.invalid_each(at / "runtimeClassName", *s.runtimeClassName, dns1123_subdomain(*s.runtimeClassName));
  if (s.preemptionPolicy) e.one_of(at / "preemptionPolicy", *s.preemptionPolicy, {"Never", "PreemptLowerPriority"});
  if (s.os) e.one_of(at / "os" / "name", s.os->name, {"linux", "windows"});
}

void check_pod_template(Errors& e, const PodTemplateSpec& t, const Path& at) {
  check_labels(e, t.metadata.labels, at / "labels");
  check_annotations(e, t.metadata.annotations, at / "annotations");
  check_pod_spec(e, t.spec, at / "spec");
  if (!t.spec.ephemeralContainers.empty())
    e.forbidden(at / "spec" / "ephemeralContainers", "ephemeral containers not allowed in pod template");
}

void check_pod(Errors& e, const Pod& pod) {
  check_meta(e, pod.metadata, true, dns1123_subdomain, Path("metadata"));
  check_pod_spec(e, pod.spec, Path("spec"));
  if (!pod.spec.ephemeralContainers.empty() && pod.metadata.resourceVersion.empty())
    e.forbidden(Path("spec.ephemeralContainers"), "cannot be set on create");
}

namespace {

// The fields that differ, a line each, where Kubernetes prints a Go diff.
std::string changed_fields(const TypeDesc& type, std::string_view prefix, const void* a, const void* b) {
  std::string out;
  for (const Field& f : type) {
    const void *x = static_cast<const char*>(a) + f.offset, *y = static_cast<const char*>(b) + f.offset;
    if (equal_field(f, x, y)) continue;
    out += f.has(kInline) ? changed_fields(*f.type, prefix, x, y) : cat("  ", prefix, f.name, "\n");
  }
  return out;
}

}  // namespace

void check_ephemeral_update(Errors& e, const Pod& pod, const Pod& old) {
  Path spec("spec"), at = spec / "ephemeralContainers";
  check_meta_update(e, pod.metadata, old.metadata, Path("metadata"));
  check_pod_spec(e, pod.spec, spec);
  for (const EphemeralContainer& before : old.spec.ephemeralContainers) {
    const EphemeralContainer* now = pod.spec.ephemeralContainers.find_if([&](const EphemeralContainer& c) { return c.name == before.name; });
    if (!now) e.forbidden(at, cat("existing ephemeral containers ", quoted(before.name), " may not be removed\n"));
    else if (!(*now == before))
      e.forbidden(at, cat("existing ephemeral containers ", quoted(before.name), " may not be changed\n",
                          changed_fields(desc<EphemeralContainer>(), "", now, &before)));
  }
}

void check_pod_update(Errors& e, const Pod& pod, const Pod& old) {
  Path spec("spec");
  check_meta_update(e, pod.metadata, old.metadata, Path("metadata"));
  check_pod_spec(e, pod.spec, spec);
  if (pod.spec.containers.size() != old.spec.containers.size()) {
    e.forbidden(spec / "containers", "pod updates may not add or remove containers");
    return;
  }
  if (pod.spec.initContainers.size() != old.spec.initContainers.size()) {
    e.forbidden(spec / "initContainers", "pod updates may not add or remove containers");
    return;
  }
  if (old.spec.activeDeadlineSeconds) {
    if (!pod.spec.activeDeadlineSeconds)
      e.invalid(spec / "activeDeadlineSeconds", Value::json("null"),
                "must not update from a positive integer to nil value");
    else if (*pod.spec.activeDeadlineSeconds > *old.spec.activeDeadlineSeconds)
      e.invalid(spec / "activeDeadlineSeconds", Value::of(*pod.spec.activeDeadlineSeconds),
                "must be less than or equal to previous value");
  }
  for (const PodSchedulingGate& gate : pod.spec.schedulingGates)
    if (!old.spec.schedulingGates.find_if([&](const PodSchedulingGate& g) { return g.name == gate.name; }))
      e.forbidden(spec / "schedulingGates",
                  cat("only deletion is allowed, but found new scheduling gate '", gate.name, "'"));
  for (const Toleration& t : old.spec.tolerations)
    if (!pod.spec.tolerations.find_if([&](const Toleration& x) {
          return x.key == t.key && x.operator_ == t.operator_ && x.value == t.value && x.effect == t.effect;
        })) {
      e.forbidden(spec / "tolerations", "existing toleration can not be modified except its tolerationSeconds");
      return;
    }

  // The rest must be as it was.
  PodSpec same = pod.spec;
  for (uint32_t i = 0; i < same.containers.size(); ++i)
    if (!(same.containers[i].image == old.spec.containers[i].image))
      same.containers.mut(i).image = old.spec.containers[i].image;
  for (uint32_t i = 0; i < same.initContainers.size(); ++i)
    if (!(same.initContainers[i].image == old.spec.initContainers[i].image))
      same.initContainers.mut(i).image = old.spec.initContainers[i].image;
  same.activeDeadlineSeconds = old.spec.activeDeadlineSeconds;
  same.schedulingGates = old.spec.schedulingGates;
  same.tolerations = old.spec.tolerations;
  if (old.spec.terminationGracePeriodSeconds.value_or(0) < 0 && same.terminationGracePeriodSeconds == 1)
    same.terminationGracePeriodSeconds = old.spec.terminationGracePeriodSeconds;
  if (!old.spec.schedulingGates.empty()) {  // a gated pod may still be steered
    same.nodeSelector = old.spec.nodeSelector;
    same.affinity = old.spec.affinity;
  }
  if (same == old.spec) return;
  e.forbidden(spec,
              "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
              "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
              "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n" +
                  changed_fields(desc<PodSpec>(), "spec.", &same, &old.spec));
}

}  // namespace orrery::api::validation
