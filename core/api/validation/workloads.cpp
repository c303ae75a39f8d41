// Sources: pkg/apis/apps/validation/validation.go, pkg/registry/apps/*/strategy.go.
#include "core/api/json.h"
#include "core/api/validation/kinds.h"
#include "core/api/validation/pod.h"
#include "core/base/text.h"

namespace orrery::api::validation {
namespace {

using meta_v1::LabelSelector;

Value selector_value(const Box<LabelSelector>& s) { return Value::json(s ? to_json(*s) : "null"); }

int64_t percent_of(const api::IntOrString& v) {
  int64_t n = 0;
  if (!v.is_string || !ends_with(v.text, "%") || !parse_int64(v.text.view().substr(0, v.text.size() - 1), n)) return -1;
  return n;
}
bool is_zero(const api::IntOrString& v) { return v.is_string ? percent_of(v) == 0 : v.number == 0; }

void at_most_100_percent(Errors& e, const api::IntOrString& v, const Path& at) {
  if (percent_of(v) > 100) e.invalid(at, Value::of(v), "must not be greater than 100%");
}

void selector(Errors& e, const Box<LabelSelector>& s, std::string_view kind, const Path& at) {
  if (!s) return e.required(at);
  check_label_selector(e, *s, at);
  if (selector_is_empty(*s))
    e.invalid(at, Value::json("{}"), cat("empty selector is invalid for ", kind));
}

// Templates whose pods always restart.
void template_of(Errors& e, const core_v1::PodTemplateSpec& t, const Box<LabelSelector>& s, std::string_view kind,
                 const Path& at) {
  bool empty = s && selector_is_empty(*s);
  if (!empty && !selector_matches(s, t.metadata.labels))
    e.invalid(at / "metadata" / "labels", Value::of(t.metadata.labels), "`selector` does not match template `labels`");
  check_pod_template(e, t, at);
  if (!t.spec.restartPolicy.empty() && !(t.spec.restartPolicy == "Always"))
    e.not_supported(at / "spec" / "restartPolicy", t.spec.restartPolicy, {"Always"});
  if (t.spec.activeDeadlineSeconds)
    e.forbidden(at / "spec" / "activeDeadlineSeconds", cat("activeDeadlineSeconds in ", kind, " is not Supported"));
}

void deployment_spec(Errors& e, const apps_v1::DeploymentSpec& s, const Path& at) {
  e.nonnegative(at / "replicas", s.replicas.value_or(0));
  selector(e, s.selector, "deployment", at / "selector");
  template_of(e, s.template_, s.selector, "ReplicaSet", at / "template");
  Path strategy = at / "strategy", rolling = strategy / "rollingUpdate";
  if (s.strategy.type == "Recreate") {
    if (s.strategy.rollingUpdate)
      e.forbidden(rolling, "may not be specified when strategy `type` is 'Recreate'");
  } else if (s.strategy.type == "RollingUpdate") {
    if (!s.strategy.rollingUpdate) {
      e.required(rolling, "this should be defaulted and never be nil");
    } else {
      auto unavailable = s.strategy.rollingUpdate->maxUnavailable.value_or(api::IntOrString{});
      auto surge = s.strategy.rollingUpdate->maxSurge.value_or(api::IntOrString{});
      int_or_percent(e, unavailable, rolling / "maxUnavailable");
      int_or_percent(e, surge, rolling / "maxSurge");
      if (is_zero(unavailable) && is_zero(surge))
        e.invalid(rolling / "maxUnavailable", Value::of(unavailable), "may not be 0 when `maxSurge` is 0");
      at_most_100_percent(e, unavailable, rolling / "maxUnavailable");
    }
  } else {
    e.not_supported(strategy / "type", s.strategy.type, {"Recreate", "RollingUpdate"});
  }
  e.nonnegative(at / "minReadySeconds", s.minReadySeconds);
  if (s.revisionHistoryLimit) e.nonnegative(at / "revisionHistoryLimit", *s.revisionHistoryLimit);
  if (s.progressDeadlineSeconds) {
    e.nonnegative(at / "progressDeadlineSeconds", *s.progressDeadlineSeconds);
    if (*s.progressDeadlineSeconds <= s.minReadySeconds)
      e.invalid(at / "progressDeadlineSeconds", Value::of(*s.progressDeadlineSeconds),
                "must be greater than minReadySeconds");
  }
}

void replica_set_spec(Errors& e, const apps_v1::ReplicaSetSpec& s, const Path& at) {
  e.nonnegative(at / "replicas", s.replicas.value_or(0));
  e.nonnegative(at / "minReadySeconds", s.minReadySeconds);
  selector(e, s.selector, "deployment", at / "selector");
  template_of(e, s.template_, s.selector, "ReplicaSet", at / "template");
}

// Its pods have a volume for each claim template, so their containers may mount those.
core_v1::PodTemplateSpec with_claims(const apps_v1::StatefulSetSpec& s) {
  core_v1::PodTemplateSpec out = s.template_;
  for (const core_v1::PersistentVolumeClaim& claim : s.volumeClaimTemplates) {
    if (out.spec.volumes.find_if([&](const core_v1::Volume& v) { return v.name == claim.metadata.name; })) continue;
    core_v1::Volume volume;
    volume.name = claim.metadata.name;
    volume.persistentVolumeClaim.mut().claimName = claim.metadata.name;
    out.spec.volumes.push_back(std::move(volume));
  }
  return out;
}

void stateful_set_spec(Errors& e, const apps_v1::StatefulSetSpec& s, const Path& at) {
  e.one_of(at / "podManagementPolicy", s.podManagementPolicy, {"OrderedReady", "Parallel"});
  if (s.updateStrategy.type.empty())
    e.required(at / "updateStrategy");
  else if (s.updateStrategy.type == "OnDelete") {
    if (s.updateStrategy.rollingUpdate)
      e.invalid(at / "updateStrategy" / "rollingUpdate", Value::json(to_json(*s.updateStrategy.rollingUpdate)),
                "only allowed for updateStrategy 'RollingUpdate'");
  } else if (s.updateStrategy.type == "RollingUpdate") {
    if (s.updateStrategy.rollingUpdate && s.updateStrategy.rollingUpdate->partition)
      e.nonnegative(at / "updateStrategy" / "rollingUpdate" / "partition", *s.updateStrategy.rollingUpdate->partition);
  } else {
    e.invalid(at / "updateStrategy", Value::json(to_json(s.updateStrategy)),
              "must be 'RollingUpdate' or 'OnDelete'");
  }
  e.nonnegative(at / "replicas", s.replicas.value_or(0));
  e.nonnegative(at / "minReadySeconds", s.minReadySeconds);
  selector(e, s.selector, "statefulset", at / "selector");
  template_of(e, with_claims(s), s.selector, "StatefulSet", at / "template");
}

void daemon_set_spec(Errors& e, const apps_v1::DaemonSetSpec& s, const Path& at) {
  selector(e, s.selector, "daemonset", at / "selector");
  template_of(e, s.template_, s.selector, "DaemonSet", at / "template");
  e.nonnegative(at / "minReadySeconds", s.minReadySeconds);
  Path strategy = at / "updateStrategy", rolling = strategy / "rollingUpdate";
  if (s.updateStrategy.type == "RollingUpdate") {
    if (!s.updateStrategy.rollingUpdate) {
      e.required(rolling);
    } else {
      auto unavailable = s.updateStrategy.rollingUpdate->maxUnavailable.value_or(api::IntOrString{});
      auto surge = s.updateStrategy.rollingUpdate->maxSurge.value_or(api::IntOrString{});
      int_or_percent(e, unavailable, rolling / "maxUnavailable");
      int_or_percent(e, surge, rolling / "maxSurge");
      at_most_100_percent(e, unavailable, rolling / "maxUnavailable");
      at_most_100_percent(e, surge, rolling / "maxSurge");
      if (is_zero(unavailable) && is_zero(surge))
        e.required(rolling / "maxUnavailable", "cannot be 0 when maxSurge is 0");
      if (!is_zero(unavailable) && !is_zero(surge))
        e.invalid(rolling / "maxSurge", Value::of(surge), "may not be set when maxUnavailable is non-zero");
    }
  } else if (!(s.updateStrategy.type == "OnDelete")) {
    e.not_supported(strategy / "type", s.updateStrategy.type, {"OnDelete", "RollingUpdate"});
  }
  if (s.revisionHistoryLimit) e.nonnegative(at / "revisionHistoryLimit", *s.revisionHistoryLimit);
}

void same_selector(Errors& e, const Box<LabelSelector>& now, const Box<LabelSelector>& old) {
  check_immutable(e, now == old, selector_value(now), Path("spec.selector"));
}

}  // namespace

void check(Errors& e, const apps_v1::Deployment& d) { deployment_spec(e, d.spec, Path("spec")); }
void check(Errors& e, const apps_v1::ReplicaSet& r) { replica_set_spec(e, r.spec, Path("spec")); }
void check(Errors& e, const apps_v1::StatefulSet& s) { stateful_set_spec(e, s.spec, Path("spec")); }
void check(Errors& e, const apps_v1::DaemonSet& d) { daemon_set_spec(e, d.spec, Path("spec")); }

void check(Errors& e, const core_v1::ReplicationController& r) {
  Path at("spec");
  e.nonnegative(at / "minReadySeconds", r.spec.minReadySeconds);
  if (r.spec.selector.empty()) e.required(at / "selector");
  e.nonnegative(at / "replicas", r.spec.replicas.value_or(0));
  if (!r.spec.template_) return e.required(at / "template");
  Box<LabelSelector> s;
  s.mut().matchLabels = r.spec.selector;
  template_of(e, *r.spec.template_, s, "ReplicationController", at / "template");
}

void check_update(Errors& e, const apps_v1::Deployment& d, const apps_v1::Deployment& old) {
  check(e, d);
  same_selector(e, d.spec.selector, old.spec.selector);
}
void check_update(Errors& e, const apps_v1::ReplicaSet& r, const apps_v1::ReplicaSet& old) {
  check(e, r);
  same_selector(e, r.spec.selector, old.spec.selector);
}
void check_update(Errors& e, const apps_v1::DaemonSet& d, const apps_v1::DaemonSet& old) {
  check(e, d);
  same_selector(e, d.spec.selector, old.spec.selector);
}

void check_update(Errors& e, const apps_v1::StatefulSet& s, const apps_v1::StatefulSet& old) {
  check(e, s);
  apps_v1::StatefulSetSpec same = s.spec;
  same.replicas = old.spec.replicas;
  same.template_ = old.spec.template_;
  same.updateStrategy = old.spec.updateStrategy;
  same.minReadySeconds = old.spec.minReadySeconds;
  same.ordinals = old.spec.ordinals;
  same.revisionHistoryLimit = old.spec.revisionHistoryLimit;
  same.persistentVolumeClaimRetentionPolicy = old.spec.persistentVolumeClaimRetentionPolicy;
  if (!(same == old.spec))
    e.forbidden(Path("spec"), "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                              "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                              "'minReadySeconds' are forbidden");
}

}  // namespace orrery::api::validation
