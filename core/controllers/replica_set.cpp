#include "core/controllers/replica_set.h"

#include <algorithm>

#include "core/client/match.h"
#include "core/controllers/claim.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::apps_v1::ReplicaSet;
using api::apps_v1::ReplicaSetCondition;
using api::apps_v1::ReplicaSetStatus;
using api::core_v1::Pod;
using api::core_v1::ReplicationController;
using client::Attempt;
using client::Key;
using client::Note;
using client::Plan;
using client::Write;

namespace {

ReplicaSetStatus status_of(const ReplicaSetView& view, const Pods& owned, const Attempt& attempt, int32_t missing) {
  const ReplicaSet& set = *view.set;
  ReplicaSetStatus status = set.status;
  status.replicas = status.fullyLabeledReplicas = status.readyReplicas = status.availableReplicas = 0;
  int32_t terminating = 0;
  for (const PodPtr& pod : owned) {
    if (pod->metadata.deletionTimestamp && !is_terminal(*pod)) ++terminating;
    if (!is_active(*pod)) continue;
    ++status.replicas;
    if (client::has_all(set.spec.template_.metadata.labels, pod->metadata.labels)) ++status.fullyLabeledReplicas;
    if (is_ready(*pod)) ++status.readyReplicas;
    if (is_available(*pod, set.spec.minReadySeconds, attempt.now)) ++status.availableReplicas;
  }
  if (view.kind == &replica_sets()) status.terminatingReplicas = terminating;
  status.observedGeneration = set.metadata.generation;

  auto is_failure = [](const ReplicaSetCondition& c) { return c.type == "ReplicaFailure"; };
  bool failed = attempt.error && attempt.error->reason != Reason::Conflict && missing != 0;
  if (failed && !status.conditions.find_if(is_failure)) {
    ReplicaSetCondition c;
    c.type = "ReplicaFailure";
    c.status = "True";
    c.lastTransitionTime = stamp(attempt.now);
    c.reason = missing > 0 ? "FailedCreate" : "FailedDelete";
    c.message = attempt.error->message;
    status.conditions.push_back(std::move(c));
  } else if (!failed) {
    status.conditions.erase_if(is_failure);
  }
  return status;
}

void add_creations(Plan& plan, uint16_t stage, const api::KindInfo& kind, const ReplicaSet& set,
                   const ObjectPtr& object, int32_t count, const Str& why) {
  ObjectPtr pod = api::make_object(pod_from_template(set.spec.template_, client::controller_ref(kind, set.metadata),
                                                     set.metadata.namespace_, set.metadata.name));
  client::EventTarget about = client::event_target(object);
  std::vector<Write> writes;
  for (int32_t i = 0; i < count; ++i) {
    Write w = client::create(pod, why);
    w.on_success = Note{about, "Normal", "SuccessfulCreate", "Created pod: {name}"};
    w.on_failure = Note{about, "Warning", "FailedCreate", "Error creating: {error}"};
    writes.push_back(std::move(w));
  }
  client::slow_start(writes, stage);
  for (Write& w : writes) plan.writes.push_back(std::move(w));
}

void add_deletions(Plan& plan, uint16_t stage, const ObjectPtr& object, const Pods& pods, const Str& why) {
  client::EventTarget about = client::event_target(object);
  for (const PodPtr& pod : pods) {
    Write w = client::remove(ObjectPtr(pod), why);
    w.stage = stage;
    w.on_success = Note{about, "Normal", "SuccessfulDelete", "Deleted pod: {name}"};
    w.on_failure = Note{about, "Warning", "FailedDelete", "Error deleting: {error}"};
    plan.writes.push_back(std::move(w));
  }
}

ObjectPtr set_with_status(const ObjectPtr& object, const ReplicaSetStatus& status) {
  ReplicaSet told = *object.as<ReplicaSet>();
  told.status = status;
  return api::make_object(std::move(told));
}

template <class To, class From>
List<To> conditions_as(const List<From>& from) {
  List<To> out;
  for (const From& c : from) {
    To to;
    to.type = c.type;
    to.status = c.status;
    to.lastTransitionTime = c.lastTransitionTime;
    to.reason = c.reason;
    to.message = c.message;
    out.push_back(std::move(to));
  }
  return out;
}

std::shared_ptr<const ReplicaSet> controller_as_set(const ObjectPtr& object) {
  const ReplicationController& rc = *object.as<ReplicationController>();
  auto set = std::make_shared<ReplicaSet>();
  set->metadata = rc.metadata;
  set->spec.replicas = rc.spec.replicas;
  set->spec.minReadySeconds = rc.spec.minReadySeconds;
  set->spec.selector.mut().matchLabels = rc.spec.selector;
  if (rc.spec.template_) set->spec.template_ = *rc.spec.template_;
  set->status.replicas = rc.status.replicas;
  set->status.fullyLabeledReplicas = rc.status.fullyLabeledReplicas;
  set->status.readyReplicas = rc.status.readyReplicas;
  set->status.availableReplicas = rc.status.availableReplicas;
  set->status.observedGeneration = rc.status.observedGeneration;
  set->status.conditions = conditions_as<ReplicaSetCondition>(rc.status.conditions);
  return set;
}

ObjectPtr controller_with_status(const ObjectPtr& object, const ReplicaSetStatus& status) {
  ReplicationController told = *object.as<ReplicationController>();
  told.status.replicas = status.replicas;
  told.status.fullyLabeledReplicas = status.fullyLabeledReplicas;
  told.status.readyReplicas = status.readyReplicas;
  told.status.availableReplicas = status.availableReplicas;
  told.status.observedGeneration = status.observedGeneration;
  told.status.conditions = conditions_as<api::core_v1::ReplicationControllerCondition>(status.conditions);
  return api::make_object(std::move(told));
}

}  // namespace

const ReplicaKind& replica_sets() {
  static const ReplicaKind kind{&api::kind<ReplicaSet>(), "replicaset-controller",
                                [](const ObjectPtr& object) { return object.get<ReplicaSet>(); }, set_with_status};
  return kind;
}

const ReplicaKind& replication_controllers() {
  static const ReplicaKind kind{&api::kind<ReplicationController>(), "replication-controller", controller_as_set,
                                controller_with_status};
  return kind;
}

Plan plan_replica_set(const ReplicaSetView& view, const Attempt& attempt) {
  Plan plan;
  const ReplicaSet& set = *view.set;
  if (!set.spec.selector) return plan;
  ObjectPtr object = view.object ? view.object : ObjectPtr(view.set);
  Claim claimed = claim(*view.kind->kind, set.metadata, *set.spec.selector, view.candidates);
  plan.writes = std::move(claimed.writes);
  Pods owned = as_pods(claimed.owned);
  Pods active;
  for (const PodPtr& pod : owned)
    if (is_active(*pod)) active.push_back(pod);

  int32_t wanted = set.spec.replicas.value_or(1);
  int32_t have = static_cast<int32_t>(active.size());
  int32_t missing = set.metadata.deletionTimestamp ? 0 : wanted - have;

  uint16_t stage = plan.next_stage();
  ReplicaSetStatus status = status_of(view, owned, attempt, missing);
  if (!(status == set.status)) {
    Write w = client::update_status(
        view.kind->with_status(object, status),
        cat(set.metadata.name, " has ", status.replicas, " pods, ", status.readyReplicas, " ready"));
    w.stage = stage;
    plan.writes.push_back(std::move(w));
  }

  if (missing > 0) {
    int32_t count = std::min(missing, kBurstReplicas);
    add_creations(plan, stage, *view.kind->kind, set, object, count,
                  cat(set.metadata.name, " wants ", wanted, wanted == 1 ? " pod" : " pods", " and has ", have,
                      ": creating ", count));
  } else if (missing < 0) {
    int32_t count = std::min(-missing, kBurstReplicas);
    Str why = cat(set.metadata.name, " wants ", wanted, wanted == 1 ? " pod" : " pods", " and has ", have,
                  ": deleting ", count);
    if (count < have) rank_for_deletion(active, view.related, attempt.now);
    active.resize(static_cast<size_t>(count));
    add_deletions(plan, stage, object, active, why);
  }
  if (auto wait = until_available(owned, set.spec.minReadySeconds, attempt.now)) plan.requeue_after = *wait;
  return plan;
}

void ReplicaSetController::setup(client::InformerSet& informers) {
  sets_ = &informers.of(*kind_->kind);
  sets_->add_index(client::by_owner_uid, client::same_owners);
  sets_->add_handler(*this);
  pods_ = &informers.of<Pod>();
  add_claim_indexes(*pods_);
  pods_->add_handler(*this);
}

void ReplicaSetController::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                     const ObjectPtr& after) {
  if (&informer == sets_) {
    queue().add(client::key_of(after ? after : before));
    return;
  }
  bool orphan = false;
  for (const ObjectPtr* object : {&before, &after}) {
    if (!*object) continue;
    const auto& meta = object->meta();
    if (const auto* owner = client::controller_of(meta)) {
      if (owner->kind == kind_->kind->kind) queue().add({meta.namespace_, owner->name});
    } else {
      orphan = object == &after;
    }
  }
  if (!orphan) return;
  const auto& meta = after.meta();
  sets_->each_in(meta.namespace_, [&](const ObjectPtr& object) {
    if (client::matches(kind_->as_set(object)->spec.selector, meta.labels)) queue().add(client::key_of(object));
  });
}

Plan ReplicaSetController::plan(const Key& key, const Attempt& attempt) {
  ReplicaSetView view;
  const ObjectPtr& object = sets_->find(key);
  if (!object) return {};
  view.kind = kind_;
  view.object = object;
  view.set = kind_->as_set(object);
  view.candidates = claim_candidates(*pods_, view.set->metadata, view.set->spec.selector);
  if (static_cast<int32_t>(view.candidates.size()) > view.set->spec.replicas.value_or(1)) {
    std::vector<ObjectPtr> siblings{object};
    if (const auto* owner = client::controller_of(view.set->metadata))
      siblings = sets_->lookup(client::by_owner_uid, owner->uid);
    for (const ObjectPtr& sibling : siblings)
      for (ObjectPtr& pod : pods_->lookup(client::by_owner_uid, sibling.meta().uid))
        view.related.push_back(pod.get<Pod>());
  }
  return plan_replica_set(view, attempt);
}

}  // namespace orrery::controllers
