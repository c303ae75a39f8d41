#include "core/controllers/rollout.h"

#include <algorithm>

#include "core/api/json.h"
#include "core/base/rng.h"
#include "core/base/text.h"

namespace orrery::controllers {

using api::core_v1::PodTemplateSpec;

namespace {

constexpr size_t kHistoryMax = 2000;  // characters of the revision history annotation

bool skipped(const Str& annotation) {
  for (const char* name : {"kubectl.kubernetes.io/last-applied-configuration", kRevision, kRevisionHistory,
                           kDesiredReplicas, kMaxReplicas, "deprecated.deployment.rollback.to"})
    if (annotation == name) return true;
  return false;
}

}  // namespace

int32_t scaled_value(const api::IntOrString& value, int32_t total, bool round_up) {
  if (!value.is_string) return value.number;
  std::string_view text = value.text;
  if (text.empty() || text.back() != '%') return 0;
  text.remove_suffix(1);
  int64_t percent = 0;
  if (!parse_int64(text, percent) || percent < 0 || percent > 1'000'000) return 0;
  int64_t product = percent * total;
  return static_cast<int32_t>(round_up ? (product + 99) / 100 : product / 100);
}

bool is_rolling_update(const Deployment& d) { return !(d.spec.strategy.type == "Recreate"); }

int32_t replicas_of(const Deployment& d) { return d.spec.replicas.value_or(1); }

int32_t max_surge(const Deployment& d) {
  if (!is_rolling_update(d)) return 0;
  const auto* rolling = d.spec.strategy.rollingUpdate.get();
  api::IntOrString surge = rolling && rolling->maxSurge ? *rolling->maxSurge : api::IntOrString::of(Str("25%"));
  return scaled_value(surge, replicas_of(d), true);
}

int32_t max_unavailable(const Deployment& d) {
  if (!is_rolling_update(d) || replicas_of(d) == 0) return 0;
  const auto* rolling = d.spec.strategy.rollingUpdate.get();
  api::IntOrString value =
      rolling && rolling->maxUnavailable ? *rolling->maxUnavailable : api::IntOrString::of(Str("25%"));
  int32_t n = scaled_value(value, replicas_of(d), false);
  if (n == 0 && max_surge(d) == 0) n = 1;
  return std::min(n, replicas_of(d));
}

bool has_progress_deadline(const Deployment& d) {
  return d.spec.progressDeadlineSeconds && *d.spec.progressDeadlineSeconds != INT32_MAX;
}

bool has_history_limit(const Deployment& d) {
  return d.spec.revisionHistoryLimit && *d.spec.revisionHistoryLimit != INT32_MAX;
}

bool same_template(const PodTemplateSpec& a, const PodTemplateSpec& b) {
  PodTemplateSpec x = a, y = b;
  x.metadata.labels.erase(kTemplateHash);
  y.metadata.labels.erase(kTemplateHash);
  return x == y || api::equal(x, y);
}

Str template_hash(const PodTemplateSpec& tmpl, std::optional<int32_t> collisions) {
  uint32_t hash = fnv1a32(api::to_json(tmpl));
  if (collisions) hash = fnv1a32(cat(*collisions), hash);
  return safe_encode(cat(hash));
}

int64_t revision_number(const api::meta_v1::ObjectMeta& meta) {
  const Str* text = meta.annotations.find(kRevision);
  int64_t n = 0;
  return text && parse_int64(*text, n) ? n : 0;
}

const DeploymentCondition* find_condition(const DeploymentStatus& status, std::string_view type) {
  return status.conditions.find_if([&](const DeploymentCondition& c) { return c.type == type; });
}

DeploymentCondition make_condition(Str type, Str status, Str reason, Str message, WallTime now) {
  DeploymentCondition c;
  c.type = std::move(type);
  c.status = std::move(status);
  c.reason = std::move(reason);
  c.message = std::move(message);
  c.lastUpdateTime = c.lastTransitionTime = stamp(now);
  return c;
}

void set_condition(DeploymentStatus& status, DeploymentCondition condition) {
  if (const DeploymentCondition* current = find_condition(status, condition.type)) {
    if (current->status == condition.status && current->reason == condition.reason) return;
    if (current->status == condition.status) condition.lastTransitionTime = current->lastTransitionTime;
  }
  remove_condition(status, condition.type);
  status.conditions.push_back(std::move(condition));
}

void remove_condition(DeploymentStatus& status, std::string_view type) {
  if (find_condition(status, type))
    status.conditions.erase_if([&](const DeploymentCondition& c) { return c.type == type; });
}

bool is_complete(const Deployment& d, const DeploymentStatus& status) {
  int32_t n = replicas_of(d);
  return status.updatedReplicas == n && status.replicas == n && status.availableReplicas == n &&
         status.observedGeneration >= d.metadata.generation;
}

bool is_progressing(const Deployment& d, const DeploymentStatus& status) {
  const DeploymentStatus& old = d.status;
  return status.updatedReplicas > old.updatedReplicas ||
         status.replicas - status.updatedReplicas < old.replicas - old.updatedReplicas ||
         status.readyReplicas > old.readyReplicas || status.availableReplicas > old.availableReplicas;
}

bool has_timed_out(const Deployment& d, const DeploymentStatus& status, WallTime now) {
  if (!has_progress_deadline(d)) return false;
  const DeploymentCondition* c = find_condition(status, "Progressing");
  if (!c || c->reason == "NewReplicaSetAvailable") return false;
  if (c->reason == "ProgressDeadlineExceeded") return true;
  return c->lastUpdateTime.is_set() && c->lastUpdateTime + seconds(*d.spec.progressDeadlineSeconds) < now;
}

bool set_size_annotations(ReplicaSet& set, int32_t desired, int32_t max) {
  Str desired_text = cat(desired), max_text = cat(max);
  bool changed = false;
  if (!(set.metadata.annotations.get(kDesiredReplicas) == desired_text)) {
    set.metadata.annotations.set(kDesiredReplicas, desired_text);
    changed = true;
  }
  if (!(set.metadata.annotations.get(kMaxReplicas) == max_text)) {
    set.metadata.annotations.set(kMaxReplicas, max_text);
    changed = true;
  }
  return changed;
}

bool set_set_annotations(const Deployment& d, ReplicaSet& set, int64_t new_revision, bool fresh) {
  bool changed = false;
  Map<Str>& annotations = set.metadata.annotations;
  for (const auto& [key, value] : d.metadata.annotations) {
    const Str* have = annotations.find(key);
    if (skipped(key) || (have && *have == value)) continue;
    annotations.set(key, value);
    changed = true;
  }
  Str old_text = annotations.get(kRevision);
  bool had = !old_text.empty();
  int64_t old_revision = revision_number(set.metadata);
  if (old_revision < new_revision) {
    annotations.set(kRevision, cat(new_revision));
    changed = true;
    // Rolling back to this set: its former revisions stay known.
    if (had) {
      std::vector<std::string> history;
      if (Str text = annotations.get(kRevisionHistory); !text.empty()) history = split(text, ',');
      history.push_back(old_text.str());
      while (history.size() > 1 && join(history, ",").size() > kHistoryMax) history.erase(history.begin());
      annotations.set(kRevisionHistory, join(history, ","));
    }
  }
  if (fresh && set_size_annotations(set, replicas_of(d), replicas_of(d) + max_surge(d))) changed = true;
  return changed;
}

}  // namespace orrery::controllers
