// One pass over a Deployment: find or make the new ReplicaSet, move replicas, clean up, tell the status.
#include <algorithm>
#include <map>

#include "core/controllers/claim.h"
#include "core/base/text.h"
#include "core/controllers/deployment.h"

namespace orrery::controllers {

using api::ObjectPtr;
using client::Attempt;
using client::Note;
using client::Plan;
using client::Write;

namespace {

using SetPtr = std::shared_ptr<const ReplicaSet>;

int32_t size_of(const ReplicaSet& set) { return set.spec.replicas.value_or(1); }

bool older(const SetPtr& a, const SetPtr& b) {
  if (a->metadata.creationTimestamp != b->metadata.creationTimestamp)
    return a->metadata.creationTimestamp < b->metadata.creationTimestamp;
  return a->metadata.name < b->metadata.name;
}

class DeploymentPass {
 public:
  DeploymentPass(const DeploymentView& view, const Attempt& attempt)
      : view_(view), attempt_(attempt), d_(*view.deployment), about_(client::event_target(ObjectPtr(view.deployment))) {}

  Plan run() {
    Claim claimed = claim(api::kind<Deployment>(), d_.metadata, *d_.spec.selector, view_.candidates);
    if (!claimed.writes.empty()) {
      plan_.writes = std::move(claimed.writes);
      return std::move(plan_);
    }
    for (const ObjectPtr& object : claimed.owned) sets_.push_back(object.get<ReplicaSet>());
    std::stable_sort(sets_.begin(), sets_.end(), older);
    find_new();
    if (d_.metadata.deletionTimestamp) {
      tell_status();
      return std::move(plan_);
    }
    mark_paused();
    if (d_.spec.paused || was_scaled())
      sync_scale();
    else if (is_rolling_update(d_))
      roll();
    else
      recreate();
    emit_sets();
    tell_status();
    return std::move(plan_);
  }

 private:
  // A set as this pass leaves it.
  const ReplicaSet& now(const SetPtr& set) const {
    auto it = changed_.find(set->metadata.uid);
    return it == changed_.end() ? *set : it->second;
  }
  int32_t size(const SetPtr& set) const { return size_of(now(set)); }

  std::vector<SetPtr> all() const {
    std::vector<SetPtr> out = old_;
    if (new_) out.push_back(new_);
    return out;
  }
  std::vector<SetPtr> active(const std::vector<SetPtr>& sets) const {
    std::vector<SetPtr> out;
    for (const SetPtr& set : sets)
      if (size(set) > 0) out.push_back(set);
    return out;
  }
  int32_t total(const std::vector<SetPtr>& sets) const {
    int32_t n = 0;
    for (const SetPtr& set : sets) n += size(set);
    return n;
  }
  static int32_t available(const std::vector<SetPtr>& sets) {
    int32_t n = 0;
    for (const SetPtr& set : sets) n += set->status.availableReplicas;
    return n;
  }

  void find_new() {
    for (const SetPtr& set : sets_)
      if (!new_ && same_template(set->spec.template_, d_.spec.template_)) new_ = set;
    for (const SetPtr& set : sets_)
      if (set != new_) old_.push_back(set);
  }

  int64_t next_revision() const {
    int64_t most = 0;
    for (const SetPtr& set : old_) most = std::max(most, revision_number(set->metadata));
    return most + 1;
  }

  // A scaling event: some active set was made for another size of the deployment.
  bool was_scaled() const {
    for (const SetPtr& set : active(sets_)) {
      const Str* desired = set->metadata.annotations.find(kDesiredReplicas);
      if (desired && !(*desired == cat(replicas_of(d_)))) return true;
    }
    return false;
  }

  void mark_paused() {
    if (!has_progress_deadline(d_)) return;
    const DeploymentCondition* c = find_condition(d_.status, "Progressing");
    if (c && c->reason == "ProgressDeadlineExceeded") return;
    bool marked = c && c->reason == "DeploymentPaused";
    if (d_.spec.paused && !marked)
      set_condition(d_.status, make_condition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused",
                                              attempt_.now));
    else if (!d_.spec.paused && marked)
      set_condition(d_.status, make_condition("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed",
                                              attempt_.now));
  }

  void set_revision(const Str& revision) {
    if (!(d_.metadata.annotations.get(kRevision) == revision)) d_.metadata.annotations.set(kRevision, revision);
  }

  // Brings the new set's annotations up to date, or makes it. False when this pass must end here.
  bool sync_new(bool create) {
    int64_t revision = next_revision();
    if (new_) {
      ReplicaSet set = now(new_);
      bool changed = set_set_annotations(d_, set, revision, false);
      if (set.spec.minReadySeconds != d_.spec.minReadySeconds) {
        set.spec.minReadySeconds = d_.spec.minReadySeconds;
        changed = true;
      }
      if (changed) {
        changed_[new_->metadata.uid] = set;
        why_[new_->metadata.uid] = cat(d_.metadata.name, " notes revision ", set.metadata.annotations.get(kRevision));
      }
      set_revision(set.metadata.annotations.get(kRevision));
      if (has_progress_deadline(d_) && !find_condition(d_.status, "Progressing"))
        set_condition(d_.status, make_condition("Progressing", "True", "FoundNewReplicaSet",
                                                cat("Found new replica set \"", new_->metadata.name, "\""),
                                                attempt_.now));
      return true;
    }
    if (!create) return true;
    return create_new(revision);
  }

  bool create_new(int64_t revision) {
    if (view_.in_the_way) {
      // Another set has the name: the next hash is salted with the number of collisions.
      d_.status.collisionCount = d_.status.collisionCount.value_or(0) + 1;
      return false;
    }
    Str hash = template_hash(d_.spec.template_, d_.status.collisionCount);
    ReplicaSet set;
    set.metadata.name = cat(d_.metadata.name, "-", hash);
    set.metadata.namespace_ = d_.metadata.namespace_;
    set.metadata.ownerReferences.push_back(client::controller_ref(api::kind<Deployment>(), d_.metadata));
    set.spec.template_ = d_.spec.template_;
    set.spec.template_.metadata.labels.set(kTemplateHash, hash);
    set.metadata.labels = set.spec.template_.metadata.labels;
    set.spec.selector = d_.spec.selector;
    set.spec.selector.mut().matchLabels.set(kTemplateHash, hash);
    set.spec.minReadySeconds = d_.spec.minReadySeconds;
    int32_t count = replicas_of(d_);
    if (is_rolling_update(d_))
      count = std::max(0, std::min(count, count + max_surge(d_) - total(old_)));
    set.spec.replicas = count;
    set_set_annotations(d_, set, revision, true);

    Write w = client::create(api::make_object(set), cat(d_.metadata.name, " has a new template: making ",
                                                        set.metadata.name, " with ", count, " of ", replicas_of(d_),
                                                        " pods"));
    w.on_failure = Note{about_, "Warning", "ReplicaSetCreateError",
                        cat("Failed to create new replica set \"", set.metadata.name, "\": {error}")};
    if (count > 0)
      w.on_success = Note{about_, "Normal", "ScalingReplicaSet",
                          cat("Scaled up replica set ", set.metadata.name, " from 0 to ", count)};
    plan_.writes.push_back(std::move(w));

    if (attempt_.error && attempt_.error->reason != Reason::Conflict && has_progress_deadline(d_)) {
      set_condition(d_.status,
                    make_condition("Progressing", "False", "ReplicaSetCreateError",
                                   cat("Failed to create new replica set \"", set.metadata.name, "\": ",
                                       attempt_.error->message),
                                   attempt_.now));
      return false;
    }
    status_stage_ = 1;
    set_revision(cat(revision));
    if (has_progress_deadline(d_))
      set_condition(d_.status, make_condition("Progressing", "True", "NewReplicaSetCreated",
                                              cat("Created new replica set \"", set.metadata.name, "\""),
                                              attempt_.now));
    return false;
  }

  // Sets the size, with the annotations that tell what size it was computed for.
  bool scale(const SetPtr& set, int32_t count, std::string_view why) {
    ReplicaSet changed = now(set);
    int32_t before = size_of(changed);
    bool annotated = set_size_annotations(changed, replicas_of(d_), replicas_of(d_) + max_surge(d_));
    if (before == count && !annotated) return false;
    changed.spec.replicas = count;
    changed_[set->metadata.uid] = changed;
    if (before == count) return false;
    why_[set->metadata.uid] = why;
    Note note{about_, "Normal", "ScalingReplicaSet",
              cat("Scaled ", before < count ? "up" : "down", " replica set ", set->metadata.name, " from ", before,
                  " to ", count)};
    scaled_[set->metadata.uid].push_back(std::move(note));
    return true;
  }

  bool scale_event(const SetPtr& set, int32_t count, std::string_view why) {
    return size(set) != count && scale(set, count, why);
  }

  void roll() {
    if (!sync_new(true)) return;
    if (grow_new()) return;
    if (shrink_old()) return;
    if (is_complete(d_, d_.status)) clean_up();
  }

  bool grow_new() {
    int32_t wanted = replicas_of(d_);
    if (size(new_) == wanted) return false;
    if (size(new_) > wanted) return scale_event(new_, wanted, "fewer pods are wanted");
    int32_t room = wanted + max_surge(d_) - total(all());
    if (room <= 0) return false;
    int32_t count = size(new_) + std::min(room, wanted - size(new_));
    return scale_event(new_, count,
                       cat("rolling out: ", wanted, " wanted, at most ", max_surge(d_), " more at a time"));
  }

  bool shrink_old() {
    std::vector<SetPtr> olds = active(old_);
    if (total(olds) == 0) return false;
    int32_t min_available = replicas_of(d_) - max_unavailable(d_);
    int32_t new_unavailable = size(new_) - new_->status.availableReplicas;
    int32_t may_go = total(all()) - min_available - new_unavailable;
    if (may_go <= 0) return false;
    int32_t gone = 0;
    for (const SetPtr& set : olds) {  // those that don't work go first
      int32_t broken = size(set) - set->status.availableReplicas;
      int32_t count = std::min(may_go - gone, broken);
      if (count <= 0) continue;
      scale_event(set, size(set) - count, cat(broken, " of its pods are not available"));
      gone += count;
    }
    int32_t spare = available(all()) - min_available;
    int32_t taken = 0;
    for (const SetPtr& set : olds) {
      int32_t count = std::min(size(set), spare - taken);
      if (count <= 0) continue;
      scale_event(set, size(set) - count,
                  cat("rolling out: ", available(all()), " pods are available and ", min_available, " suffice"));
      taken += count;
    }
    return gone + taken > 0;
  }

  void recreate() {
    if (!sync_new(false)) return;
    bool scaled = false;
    for (const SetPtr& set : active(old_)) scaled |= scale_event(set, 0, "Recreate: all old pods go first");
    if (scaled || old_pods_running()) return;
    if (!new_) {
      sync_new(true);
      return;
    }
    scale_event(new_, replicas_of(d_), "Recreate: the old pods are gone");
    if (is_complete(d_, d_.status)) clean_up();
  }

  bool old_pods_running() const {
    for (const SetPtr& set : old_)
      if (set->status.replicas > 0) return true;
    for (const auto& [owner, pod] : view_.pods)
      if (!(new_ && owner == new_->metadata.uid) && !is_terminal(*pod)) return true;
    return false;
  }

  // The deployment was scaled, or is paused.
  void sync_scale() {
    if (!sync_new(false)) return;
    spread();
    if (d_.spec.paused) clean_up();
  }

  void spread() {
    int32_t wanted = replicas_of(d_);
    std::vector<SetPtr> actives = active(all());
    SetPtr only = actives.size() == 1 ? actives[0] : nullptr;
    if (actives.empty()) only = new_ ? new_ : old_.empty() ? nullptr : old_.back();
    if (only) {
      if (size(only) == wanted)
        scale(only, wanted, "");  // refreshes the annotations
      else
        scale(only, wanted, cat(d_.metadata.name, " was scaled to ", wanted));
      return;
    }
    if (actives.empty()) return;
    if (saturated()) {
      for (const SetPtr& set : active(old_)) scale_event(set, 0, "the new pods are all there");
      return;
    }
    if (is_rolling_update(d_)) spread_in_proportion(actives);
  }

  bool saturated() const {
    if (!new_) return false;
    const Str* desired = new_->metadata.annotations.find(kDesiredReplicas);
    int32_t wanted = replicas_of(d_);
    return size(new_) == wanted && desired && *desired == cat(wanted) && new_->status.availableReplicas == wanted;
  }

  // During a rollout every set grows or shrinks with the whole; what rounding leaves goes to the largest.
  void spread_in_proportion(std::vector<SetPtr> sets) {
    int32_t allowed = replicas_of(d_) > 0 ? replicas_of(d_) + max_surge(d_) : 0;
    int32_t to_add = allowed - total(sets);
    std::stable_sort(sets.begin(), sets.end(), [&](const SetPtr& a, const SetPtr& b) {
      if (size(a) != size(b)) return size(a) > size(b);
      return to_add > 0 ? older(b, a) : older(a, b);
    });
    std::vector<int32_t> sizes;
    int32_t added = 0;
    for (const SetPtr& set : sets) {
      int32_t share = to_add == 0 ? 0 : proportion(*set, size(set), to_add, added);
      sizes.push_back(size(set) + share);
      added += share;
    }
    if (to_add != 0) sizes[0] = std::max(0, sizes[0] + to_add - added);
    for (size_t i = 0; i < sets.size(); ++i)
      scale(sets[i], sizes[i], cat(d_.metadata.name, " was scaled to ", replicas_of(d_), " while rolling out"));
  }

  int32_t proportion(const ReplicaSet& set, int32_t size, int32_t to_add, int32_t added) const {
    if (size == 0 || to_add == added) return 0;
    int32_t share = fraction(set, size);
    return to_add > 0 ? std::min(share, to_add - added) : std::max(share, to_add - added);
  }

  int32_t fraction(const ReplicaSet& set, int32_t size) const {
    if (replicas_of(d_) == 0) return -size;
    int64_t max_now = replicas_of(d_) + max_surge(d_);
    int64_t max_before = 0;
    if (const Str* text = set.metadata.annotations.find(kMaxReplicas)) parse_int64(*text, max_before);
    if (max_before <= 0) max_before = d_.status.replicas;
    if (max_before <= 0) return 0;
    int64_t rounded = (2 * size * max_now + max_before) / (2 * max_before);
    return static_cast<int32_t>(rounded - size);
  }

  void clean_up() {
    if (!has_history_limit(d_)) return;
    std::vector<SetPtr> sets;
    for (const SetPtr& set : old_)
      if (!set->metadata.deletionTimestamp) sets.push_back(set);
    int32_t extra = static_cast<int32_t>(sets.size()) - *d_.spec.revisionHistoryLimit;
    if (extra <= 0) return;
    std::stable_sort(sets.begin(), sets.end(), [](const SetPtr& a, const SetPtr& b) {
      return revision_number(a->metadata) < revision_number(b->metadata);
    });
    for (int32_t i = 0; i < extra; ++i) {
      const ReplicaSet& set = *sets[static_cast<size_t>(i)];
      if (set.status.replicas != 0 || size(sets[static_cast<size_t>(i)]) != 0 ||
          set.metadata.generation > set.status.observedGeneration)
        continue;
      plan_.writes.push_back(client::remove(ObjectPtr(sets[static_cast<size_t>(i)]),
                                            cat("revision ", revision_number(set.metadata),
                                                " is older than the history limit of ", *d_.spec.revisionHistoryLimit)));
    }
  }

  void emit_sets() {
    for (const SetPtr& set : sets_) {
      auto changed = changed_.find(set->metadata.uid);
      if (changed == changed_.end()) continue;
      Write w = client::update(api::make_object(changed->second), why_[set->metadata.uid]);
      std::vector<Note>& notes = scaled_[set->metadata.uid];
      if (!notes.empty()) {
        w.on_success = notes.back();
        notes.pop_back();
        for (Note& note : notes) plan_.notes.push_back(std::move(note));
      }
      plan_.writes.push_back(std::move(w));
    }
  }

  DeploymentStatus new_status() const {
    DeploymentStatus status = d_.status;  // conditions, collisions
    std::vector<SetPtr> sets = all();
    status.observedGeneration = d_.metadata.generation;
    status.replicas = status.readyReplicas = 0;
    int32_t terminating = 0;
    for (const SetPtr& set : sets) {
      status.replicas += set->status.replicas;
      status.readyReplicas += set->status.readyReplicas;
      terminating += set->status.terminatingReplicas.value_or(0);
    }
    status.terminatingReplicas = terminating;
    status.updatedReplicas = new_ ? new_->status.replicas : 0;
    status.availableReplicas = available(sets);
    status.unavailableReplicas = std::max(0, total(sets) - status.availableReplicas);
    if (status.availableReplicas >= replicas_of(d_) - max_unavailable(d_))
      set_condition(status, make_condition("Available", "True", "MinimumReplicasAvailable",
                                           "Deployment has minimum availability.", attempt_.now));
    else
      set_condition(status, make_condition("Available", "False", "MinimumReplicasUnavailable",
                                           "Deployment does not have minimum availability.", attempt_.now));
    return status;
  }

  // Progress is judged against what was told last.
  void judge_progress(DeploymentStatus& status) const {
    const DeploymentCondition* current = find_condition(d_.status, "Progressing");
    bool done = status.replicas == status.updatedReplicas && current && current->reason == "NewReplicaSetAvailable";
    if (!has_progress_deadline(d_) || done) return;
    Str subject = new_ ? Str(cat("ReplicaSet \"", new_->metadata.name, "\""))
                       : Str(cat("Deployment \"", d_.metadata.name, "\""));
    if (is_complete(d_, status)) {
      set_condition(status, make_condition("Progressing", "True", "NewReplicaSetAvailable",
                                           cat(subject, " has successfully progressed."), attempt_.now));
    } else if (is_progressing(d_, status)) {
      DeploymentCondition c = make_condition("Progressing", "True", "ReplicaSetUpdated",
                                             cat(subject, " is progressing."), attempt_.now);
      if (current) {
        if (current->status == "True") c.lastTransitionTime = current->lastTransitionTime;
        remove_condition(status, "Progressing");
      }
      set_condition(status, std::move(c));
    } else if (has_timed_out(d_, status, attempt_.now)) {
      set_condition(status, make_condition("Progressing", "False", "ProgressDeadlineExceeded",
                                           cat(subject, " has timed out progressing."), attempt_.now));
    }
  }

  void copy_failure(DeploymentStatus& status) const {
    auto failure = [](const SetPtr& set) {
      return set->status.conditions.find_if(
          [](const api::apps_v1::ReplicaSetCondition& c) { return c.type == "ReplicaFailure"; });
    };
    const api::apps_v1::ReplicaSetCondition* found = new_ ? failure(new_) : nullptr;
    for (const SetPtr& set : old_)
      if (!found) found = failure(set);
    if (!found) return remove_condition(status, "ReplicaFailure");
    DeploymentCondition c = make_condition(found->type, found->status, found->reason, found->message,
                                           found->lastTransitionTime);
    set_condition(status, std::move(c));
  }

  void tell_status() {
    DeploymentStatus status = new_status();
    if (!has_progress_deadline(d_)) remove_condition(status, "Progressing");
    if (!d_.metadata.deletionTimestamp && !d_.spec.paused) judge_progress(status);
    copy_failure(status);
    const Deployment& was = *view_.deployment;
    bool annotated = !(d_.metadata.annotations == was.metadata.annotations);
    if (!(status == was.status)) {
      Deployment updated = d_;
      updated.status = status;
      Write w = client::update_status(api::make_object(std::move(updated)), status_words(status));
      w.stage = status_stage_;
      plan_.writes.push_back(std::move(w));
    } else if (annotated) {
      plan_.writes.push_back(client::update(api::make_object(d_), cat(d_.metadata.name, " is at revision ",
                                                                      d_.metadata.annotations.get(kRevision))));
    }
    look_again(status);
  }

  Str status_words(const DeploymentStatus& status) const {
    return cat(d_.metadata.name, ": ", status.updatedReplicas, " of ", replicas_of(d_), " updated, ",
               status.availableReplicas, " available");
  }

  // Nothing may change before the progress deadline passes.
  void look_again(const DeploymentStatus& status) {
    const DeploymentCondition* c = find_condition(status, "Progressing");
    if (!has_progress_deadline(d_) || !c || d_.spec.paused || d_.metadata.deletionTimestamp) return;
    if (is_complete(d_, status) || c->reason == "ProgressDeadlineExceeded" || c->reason == "NewReplicaSetAvailable")
      return;
    Duration left = c->lastUpdateTime + seconds(*d_.spec.progressDeadlineSeconds) - attempt_.now;
    plan_.requeue_after = std::max(left, Duration{}) + seconds(1);
  }

  const DeploymentView& view_;
  const Attempt& attempt_;
  Deployment d_;  // as this pass leaves it
  client::EventTarget about_;
  std::vector<SetPtr> sets_, old_;  // oldest first
  SetPtr new_;
  std::map<Str, ReplicaSet> changed_;  // by uid
  std::map<Str, Str> why_;
  std::map<Str, std::vector<Note>> scaled_;
  uint16_t status_stage_ = 0;
  Plan plan_;
};

}  // namespace

Plan plan_deployment(const DeploymentView& view, const Attempt& attempt) {
  if (!view.deployment->spec.selector) return {};
  return DeploymentPass(view, attempt).run();
}

Str new_set_name(const Deployment& d) {
  return cat(d.metadata.name, "-", template_hash(d.spec.template_, d.status.collisionCount));
}

}  // namespace orrery::controllers
