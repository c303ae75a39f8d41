#include "core/controllers/stateful_set.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/client/match.h"
#include "core/controllers/claim.h"
#include "core/controllers/claim_retention.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::apps_v1::ControllerRevision;
using api::apps_v1::StatefulSet;
using api::apps_v1::StatefulSetStatus;
using api::core_v1::PersistentVolumeClaim;
using api::core_v1::Pod;
using api::core_v1::PodTemplateSpec;
using client::Attempt;
using client::Key;
using client::Note;
using client::Plan;
using client::Write;

int32_t ordinal_of(const Str& set, const Str& pod) {
  std::string_view name = pod;
  if (!starts_with(name, set) || name.size() < set.size() + 2u || name[set.size()] != '-') return -1;
  int64_t n = -1;
  std::string_view digits = name.substr(set.size() + 1);
  if (digits[0] < '0' || digits[0] > '9' || !parse_int64(digits, n) || n > INT32_MAX) return -1;
  return static_cast<int32_t>(n);
}

namespace {

constexpr Duration kClaimWait = seconds(2);  // for a claim that is being deleted, then the pod is tried again

Str claim_name(const PersistentVolumeClaim& tmpl, const Str& pod) { return cat(tmpl.metadata.name, "-", pod); }
int32_t first_ordinal(const StatefulSet& set) { return set.spec.ordinals ? set.spec.ordinals->start : 0; }

class StatefulSetPass {
 public:
  StatefulSetPass(const StatefulSetView& view, const Attempt& attempt)
      : view_(view), attempt_(attempt), set_(*view.set), about_(client::event_target(ObjectPtr(view.set))) {}

  Plan run() {
    std::vector<ObjectPtr> ours;  // only pods of our naming
    for (const ObjectPtr& object : view_.candidates)
      if (ordinal_of(set_.metadata.name, object.meta().name) >= 0) ours.push_back(object);
    Claim claimed = claim(api::kind<StatefulSet>(), set_.metadata, *set_.spec.selector, ours);
    plan_.writes = std::move(claimed.writes);
    for (const PodPtr& pod : as_pods(claimed.owned)) {
      int32_t i = ordinal_of(set_.metadata.name, pod->metadata.name);
      (wanted(i) ? replicas_ : condemned_)[i] = pod;
    }
    History history = keep_history(api::kind<StatefulSet>(), set_.metadata, *set_.spec.selector, set_.spec.template_,
                                   view_.revisions, set_.status.collisionCount);
    for (Write& w : history.writes) plan_.writes.push_back(std::move(w));
    update_ = history.update_name;
    current_ = set_.status.currentRevision.empty() ? update_ : set_.status.currentRevision;
    bool known = current_ == update_;
    for (const RevisionPtr& r : view_.revisions) known |= r->metadata.name == current_;
    if (!known) current_ = update_;
    if (!set_.metadata.deletionTimestamp) {
      stage_ = plan_.next_stage();
      keep_owners_of_claims();
      steps();
    }
    tell_status();
    for (Write& w : trim_history(view_.revisions, {update_, current_}, set_.spec.revisionHistoryLimit.value_or(10)))
      plan_.writes.push_back(std::move(w));
    std::stable_sort(plan_.writes.begin(), plan_.writes.end(),
                     [](const Write& a, const Write& b) { return a.stage < b.stage; });
    return std::move(plan_);
  }

 private:
  int32_t first() const { return first_ordinal(set_); }
  int32_t count() const { return set_.spec.replicas.value_or(1); }
  bool wanted(int32_t i) const { return i >= first() && i < first() + count(); }
  bool ordered() const { return !(set_.spec.podManagementPolicy == "Parallel"); }
  bool healthy(const Pod& pod) const { return is_ready(pod) && !pod.metadata.deletionTimestamp; }
  bool available(const Pod& pod) const {
    return healthy(pod) && is_available(pod, set_.spec.minReadySeconds, attempt_.now);
  }
  Str revision_of(const Pod& pod) const { return pod.metadata.labels.get(kRevisionHash); }
  // The first ordinal that is updated: the field counts from the first ordinal there is.
  int32_t partition() const {
    const auto* rolling = set_.spec.updateStrategy.rollingUpdate.get();
    return first() + (rolling ? rolling->partition.value_or(0) : 0);
  }

  // Before any pod is deleted: a claim that goes with its pod must know it by then.
  void keep_owners_of_claims() {
    std::map<Str, client::ClaimPtr> claims;
    for (const auto& c : view_.claims) claims[c->metadata.name] = c;
    const size_t before = plan_.writes.size();
    for (const auto* pods : {&replicas_, &condemned_})
      for (const auto& [i, pod] : *pods)
        for (const PersistentVolumeClaim& tmpl : set_.spec.volumeClaimTemplates) {
          auto it = claims.find(claim_name(tmpl, pod->metadata.name));
          if (it == claims.end()) continue;
          auto changed = with_owner(*it->second, set_, *pod, pods == &condemned_);
          if (!changed) continue;
          const char* owned = changed->metadata.ownerReferences.empty() ? " stays whatever becomes of " : " goes with ";
          const Str& with = pods == &condemned_ && deletes_when_scaled(set_) ? pod->metadata.name : set_.metadata.name;
          Write w = client::update(api::make_object(std::move(*changed)), cat(it->first, owned, with));
          w.stage = stage_;
          plan_.writes.push_back(std::move(w));
        }
    if (plan_.writes.size() > before) ++stage_;
  }

  // Creates in order, deletes in reverse order, then updates in reverse order; when ordered, one thing at a time.
  void steps() {
    if (!create_missing() || !remove_condemned()) return;
    if (!(set_.spec.updateStrategy.type == "OnDelete")) update_old();
  }

  // False: ordered, and something has to happen or to be waited for.
  bool create_missing() {
    for (int32_t i = first(); i < first() + count(); ++i) {
      auto it = replicas_.find(i);
      if (it == replicas_.end()) {
        create(i);
        if (ordered()) return false;
        continue;
      }
      const Pod& pod = *it->second;
      if (is_terminal(pod) && !pod.metadata.deletionTimestamp) {
        bool failed = pod.status.phase == "Failed";
        plan_.notes.push_back({about_, "Warning", failed ? "RecreatingFailedPod" : "RecreatingTerminatedPod",
                               cat("StatefulSet ", set_.metadata.namespace_, "/", set_.metadata.name, " is recreating ",
                                   failed ? "failed" : "terminated", " Pod ", pod.metadata.name)});
        remove(it->second, cat(pod.metadata.name, " ended: making it anew"));
        if (ordered()) return false;
        continue;
      }
      if (pod.status.phase == "Pending")  // its claims may have gone since it was made
        for (const PersistentVolumeClaim& tmpl : set_.spec.volumeClaimTemplates) need_claim(pod.metadata.name, tmpl);
      if (ordered() && (pod.metadata.deletionTimestamp || !available(pod))) {
        if (auto wait = until_available({it->second}, set_.spec.minReadySeconds, attempt_.now))
          plan_.requeue_after = *wait;
        return false;
      }
    }
    return true;
  }

  bool remove_condemned() {
    for (auto it = condemned_.rbegin(); it != condemned_.rend(); ++it) {
      if (it->second->metadata.deletionTimestamp) {
        if (ordered()) return false;
        continue;
      }
      remove(it->second, cat(set_.metadata.name, " wants ", count(), count() == 1 ? " pod" : " pods", ": the last goes first"));
      if (ordered()) return false;
    }
    return true;
  }

  void update_old() {
    for (auto it = replicas_.rbegin(); it != replicas_.rend(); ++it) {
      if (it->first < partition()) return;
      const Pod& pod = *it->second;
      if (!(revision_of(pod) == update_) && !pod.metadata.deletionTimestamp) {
        remove(it->second, cat(pod.metadata.name, " has an older template: replacing it"));
        return;
      }
      if (!available(pod)) return;  // wait for it
    }
  }

  // Source: newVersionedStatefulSetPod of Kubernetes' StatefulSet control: a new pod gets the current revision
  // below the partition (of a rolling update without numbers: below the current replicas), else the update's.
  bool uses_current(int32_t i) const {
    if (current_ == update_ || set_.spec.updateStrategy.type == "OnDelete") return false;
    const auto* rolling = set_.spec.updateStrategy.rollingUpdate.get();
    if (!rolling) return i < first() + set_.status.currentReplicas;
    return i < partition();
  }

  PodTemplateSpec template_for(int32_t i) const {
    if (uses_current(i))
      for (const RevisionPtr& r : view_.revisions)
        if (r->metadata.name == current_)
          if (auto old = template_in(*r)) return *old;
    return set_.spec.template_;
  }

  void create(int32_t i) {
    Pod pod = pod_from_template(template_for(i), client::controller_ref(api::kind<StatefulSet>(), set_.metadata),
                                set_.metadata.namespace_, set_.metadata.name);
    pod.metadata.generateName = {};
    pod.metadata.name = cat(set_.metadata.name, "-", i);
    pod.metadata.labels.set("statefulset.kubernetes.io/pod-name", pod.metadata.name);
    pod.metadata.labels.set("apps.kubernetes.io/pod-index", cat(i));
    pod.metadata.labels.set(kRevisionHash, uses_current(i) ? current_ : update_);
    pod.spec.hostname = pod.metadata.name;
    pod.spec.subdomain = set_.spec.serviceName;
    for (const PersistentVolumeClaim& tmpl : set_.spec.volumeClaimTemplates)
      if (!attach_claim(pod, tmpl)) return;
    Write w = client::create(api::make_object(pod), cat(set_.metadata.name, " lacks ", pod.metadata.name));
    w.stage = static_cast<uint16_t>(stage_ + 1);
    w.on_success = Note{about_, "Normal", "SuccessfulCreate",
                        cat("create Pod ", pod.metadata.name, " in StatefulSet ", set_.metadata.name, " successful")};
    w.on_failure = Note{about_, "Warning", "FailedCreate",
                        cat("create Pod ", pod.metadata.name, " in StatefulSet ", set_.metadata.name,
                            " failed error: {error}")};
    plan_.writes.push_back(std::move(w));
  }

  // False: the pod can't be made, since a former claim of that name is not gone yet.
  bool attach_claim(Pod& pod, const PersistentVolumeClaim& tmpl) {
    Str name = claim_name(tmpl, pod.metadata.name);
    api::core_v1::Volume volume;
    volume.name = tmpl.metadata.name;
    volume.persistentVolumeClaim.mut().claimName = name;
    pod.spec.volumes.erase_if([&](const api::core_v1::Volume& v) { return v.name == tmpl.metadata.name; });
    pod.spec.volumes.push_back(std::move(volume));
    if (need_claim(pod.metadata.name, tmpl)) return true;
    plan_.notes.push_back({about_, "Warning", "FailedCreate",
                           cat("create Pod ", pod.metadata.name, " in StatefulSet ", set_.metadata.name,
                               " failed error: pvc ", name, " is being deleted")});
    return false;
  }

  // Makes the claim unless it is there. False: it is, and is being deleted; looked at again after a while.
  bool need_claim(const Str& pod, const PersistentVolumeClaim& tmpl) {
    Str name = claim_name(tmpl, pod);
    for (const auto& have : view_.claims) {
      if (!(have->metadata.name == name)) continue;
      if (have->metadata.deletionTimestamp) plan_.requeue_after = kClaimWait;
      return !have->metadata.deletionTimestamp;
    }
    PersistentVolumeClaim claim = tmpl;
    claim.metadata.name = name;
    claim.metadata.namespace_ = set_.metadata.namespace_;
    for (const auto& [key, value] : set_.spec.selector->matchLabels) claim.metadata.labels.set(key, value);
    if (deletes_when_deleted(set_))
      claim.metadata.ownerReferences.push_back(client::controller_ref(api::kind<StatefulSet>(), set_.metadata));
    Write w = client::create(api::make_object(std::move(claim)), cat(pod, " needs its claim ", name));
    w.stage = stage_;
    w.fine = Reason::AlreadyExists;
    w.on_success = Note{about_, "Normal", "SuccessfulCreate",
                        cat("create Claim ", name, " Pod ", pod, " in StatefulSet ", set_.metadata.name,
                            " success")};
    plan_.writes.push_back(std::move(w));
    return true;
  }

  void remove(const PodPtr& pod, Str why) {
    Write w = client::remove(ObjectPtr(pod), std::move(why));
    w.stage = stage_;
    w.on_success = Note{about_, "Normal", "SuccessfulDelete",
                        cat("delete Pod ", pod->metadata.name, " in StatefulSet ", set_.metadata.name, " successful")};
    plan_.writes.push_back(std::move(w));
  }

  void tell_status() {
    StatefulSetStatus status = set_.status;
    status.replicas = status.readyReplicas = status.availableReplicas = 0;
    status.currentReplicas = status.updatedReplicas = 0;
    status.observedGeneration = set_.metadata.generation;
    status.currentRevision = current_;
    status.updateRevision = update_;
    for (const auto* pods : {&replicas_, &condemned_})
      for (const auto& [i, pod] : *pods) {
        ++status.replicas;
        if (is_ready(*pod)) ++status.readyReplicas;
        if (available(*pod)) ++status.availableReplicas;
        if (pod->metadata.deletionTimestamp) continue;
        if (revision_of(*pod) == current_) ++status.currentReplicas;
        if (revision_of(*pod) == update_) ++status.updatedReplicas;
      }
    bool rolled = !(set_.spec.updateStrategy.type == "OnDelete") && status.updatedReplicas == status.replicas &&
                  status.readyReplicas == status.replicas && status.replicas == count();
    if (rolled) {
      status.currentReplicas = status.updatedReplicas;
      status.currentRevision = update_;
    }
    if (status == set_.status) return;
    StatefulSet told = set_;
    told.status = status;
    Write w = client::update_status(api::make_object(std::move(told)),
                                    cat(set_.metadata.name, " has ", status.replicas, " pods, ", status.readyReplicas,
                                        " ready, ", status.updatedReplicas, " updated"));
    w.stage = stage_;
    plan_.writes.push_back(std::move(w));
  }

  const StatefulSetView& view_;
  const Attempt& attempt_;
  const StatefulSet& set_;
  client::EventTarget about_;
  std::map<int32_t, PodPtr> replicas_, condemned_;
  Str update_, current_;  // names of revisions
  uint16_t stage_ = 0;
  Plan plan_;
};

}  // namespace

Plan plan_stateful_set(const StatefulSetView& view, const Attempt& attempt) {
  if (!view.set->spec.selector) return {};
  return StatefulSetPass(view, attempt).run();
}

void StatefulSetController::setup(client::InformerSet& informers) {
  sets_ = &informers.of<StatefulSet>();
  sets_->add_handler(*this);
  pods_ = &informers.of<Pod>();
  add_claim_indexes(*pods_);
  pods_->add_handler(*this);
  revisions_ = &informers.of<ControllerRevision>();
  revisions_->add_index(client::by_owner_uid, client::same_owners);
  claims_ = &informers.of<PersistentVolumeClaim>();
}

void StatefulSetController::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                      const ObjectPtr& after) {
  const auto& meta = (after ? after : before).meta();
  if (&informer == sets_) return queue().add(client::key_of(meta));
  const auto* owner = client::controller_of(meta);
  if (owner && owner->kind == "StatefulSet") {
    queue().add({meta.namespace_, owner->name});
  } else if (!owner && after) {
    sets_->each_in(meta.namespace_, [&](const ObjectPtr& set) {
      if (client::matches(set.as<StatefulSet>()->spec.selector, meta.labels)) queue().add(client::key_of(set));
    });
  }
}

// By name: a claim that was there before the set counts as its own.
std::vector<client::ClaimPtr> StatefulSetController::claims_for(const StatefulSet& set, const std::vector<ObjectPtr>& pods) const {
  std::vector<client::ClaimPtr> out;
  auto look = [&](const Str& pod) {
    for (const PersistentVolumeClaim& tmpl : set.spec.volumeClaimTemplates)
      if (auto found = claims_->find({set.metadata.namespace_, claim_name(tmpl, pod)}).get<PersistentVolumeClaim>())
        out.push_back(std::move(found));
  };
  if (set.spec.volumeClaimTemplates.empty()) return out;
  const int32_t first = first_ordinal(set), end = first + set.spec.replicas.value_or(1);
  for (int32_t i = first; i < end; ++i) look(cat(set.metadata.name, "-", i));
  for (const ObjectPtr& pod : pods) {
    const int32_t i = ordinal_of(set.metadata.name, pod.meta().name);
    if (i >= 0 && (i < first || i >= end)) look(pod.meta().name);
  }
  return out;
}

Plan StatefulSetController::plan(const Key& key, const Attempt& attempt) {
  StatefulSetView view;
  view.set = sets_->find(key).get<StatefulSet>();
  if (!view.set) return {};
  view.candidates = claim_candidates(*pods_, view.set->metadata, view.set->spec.selector);
  for (const ObjectPtr& r : revisions_->lookup(client::by_owner_uid, view.set->metadata.uid))
    view.revisions.push_back(r.get<ControllerRevision>());
  view.claims = claims_for(*view.set, view.candidates);
  return plan_stateful_set(view, attempt);
}

}  // namespace orrery::controllers
