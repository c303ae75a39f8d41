#include "core/controllers/disruption.h"

#include <algorithm>
#include <set>

#include "core/client/match.h"
#include "core/controllers/rollout.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::apps_v1::StatefulSet;
using api::core_v1::Pod;
using api::meta_v1::Condition;
using api::policy_v1::PodDisruptionBudget;
using api::policy_v1::PodDisruptionBudgetStatus;
using client::Attempt;
using client::Key;
using client::Plan;

namespace {

constexpr Duration kEvictionSeenMax = minutes(2);

bool percent(const std::optional<api::IntOrString>& value) { return value && value->is_string; }

void set_allowed(PodDisruptionBudgetStatus& status, int64_t generation, WallTime now) {
  Condition c;
  c.type = "DisruptionAllowed";
  c.status = status.disruptionsAllowed > 0 ? "True" : "False";
  c.reason = status.disruptionsAllowed > 0 ? "SufficientPods" : "InsufficientPods";
  c.observedGeneration = generation;
  c.lastTransitionTime = stamp(now);
  auto same_type = [](const Condition& x) { return x.type == "DisruptionAllowed"; };
  if (Condition* old = status.conditions.mut_if(same_type)) {
    if (old->status == c.status) c.lastTransitionTime = old->lastTransitionTime;
    *old = std::move(c);
    return;
  }
  status.conditions.push_back(std::move(c));
}

}  // namespace

Plan plan_disruption(const DisruptionView& view, const Attempt& attempt) {
  Plan plan;
  const PodDisruptionBudget& budget = *view.budget;
  const auto& spec = budget.spec;
  int32_t count = static_cast<int32_t>(view.pods.size());
  // A number of pods that must stay needs no scale; everything else is measured against what controllers want.
  int32_t expected = spec.maxUnavailable || percent(spec.minAvailable) ? view.scale : count;
  int32_t desired = 0;
  if (spec.maxUnavailable)
    desired = std::max(0, expected - scaled_value(*spec.maxUnavailable, expected, true));
  else if (spec.minAvailable)
    desired = scaled_value(*spec.minAvailable, expected, true);
  // Evictions that were granted but not seen yet: those pods no longer count as healthy, for two minutes at most.
  PodDisruptionBudgetStatus status = budget.status;
  status.disruptedPods.clear();
  int32_t healthy = 0;
  for (const PodPtr& pod : view.pods) {
    if (pod->metadata.deletionTimestamp) continue;
    if (const WallTime* granted = budget.status.disruptedPods.find(pod->metadata.name)) {
      Duration left = *granted + kEvictionSeenMax - attempt.now;
      if (left.ns > 0) {
        status.disruptedPods.set(pod->metadata.name, *granted);
        if (plan.requeue_after.ns == 0 || left < plan.requeue_after) plan.requeue_after = left;
        continue;
      }
      plan.notes.push_back({client::event_target(ObjectPtr(pod)), "Warning", "NotDeleted",
                            cat("Pod was expected by PDB ", budget.metadata.namespace_, "/", budget.metadata.name,
                                " to be deleted but it wasn't")});
    }
    healthy += is_ready(*pod);
  }

  status.expectedPods = expected;
  status.desiredHealthy = desired;
  status.currentHealthy = healthy;
  status.disruptionsAllowed = expected == 0 ? 0 : std::max(0, healthy - desired);
  status.observedGeneration = budget.metadata.generation;
  set_allowed(status, budget.metadata.generation, attempt.now);
  if (count == 0 && budget.status.observedGeneration != budget.metadata.generation)
    plan.notes.push_back({client::event_target(ObjectPtr(view.budget)), "Normal", "NoPods", "No matching pods found"});
  if (status == budget.status) return plan;
  PodDisruptionBudget told = budget;
  told.status = status;
  plan.writes.push_back(client::update_status(
      api::make_object(std::move(told)), cat(budget.metadata.name, ": ", healthy, " pods are healthy, ", desired,
                                             " must be, so ", status.disruptionsAllowed, " may be evicted")));
  return plan;
}

void DisruptionController::setup(client::InformerSet& informers) {
  budgets_ = &informers.of<PodDisruptionBudget>();
  pods_ = &informers.of<Pod>();
  pods_->add_index(by_label, client::same_labels);
  deployments_ = &informers.of<Deployment>();
  replica_sets_ = &informers.of<ReplicaSet>();
  stateful_sets_ = &informers.of<StatefulSet>();
  for (client::Informer* informer : {budgets_, pods_, deployments_, replica_sets_, stateful_sets_})
    informer->add_handler(*this);
}

void DisruptionController::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                     const ObjectPtr& after) {
  const auto& meta = (after ? after : before).meta();
  if (&informer == budgets_) return queue().add(client::key_of(meta));
  if (&informer == pods_) {
    const Pod* was = before.as<Pod>();
    const Pod* now = after.as<Pod>();
    if (was && now && is_ready(*was) == is_ready(*now) && was->metadata.labels == now->metadata.labels &&
        was->metadata.deletionTimestamp == now->metadata.deletionTimestamp)
      return;
    budgets_->each_in(meta.namespace_, [&](const ObjectPtr& object) {
      if (client::matches(object.as<PodDisruptionBudget>()->spec.selector, meta.labels))
        queue().add(client::key_of(object));
    });
    return;
  }
  // A controller was scaled: budgets of its namespace may count anew.
  if (before && after && before.meta().generation == meta.generation) return;
  budgets_->each_in(meta.namespace_, [&](const ObjectPtr& object) { queue().add(client::key_of(object)); });
}

int32_t DisruptionController::scale_of(const Pods& pods) const {
  int32_t total = 0;
  std::set<Str> seen;
  for (const PodPtr& pod : pods) {
    const auto* owner = client::controller_of(pod->metadata);
    if (!owner) {
      ++total;
      continue;
    }
    Key key{pod->metadata.namespace_, owner->name};
    Str uid = owner->uid;
    int32_t replicas = 0;
    if (const ReplicaSet* set = owner->kind == "ReplicaSet" ? replica_sets_->get<ReplicaSet>(key) : nullptr) {
      replicas = set->spec.replicas.value_or(1);
      const auto* above = client::controller_of(set->metadata);
      const Deployment* d = above ? deployments_->get<Deployment>({key.ns, above->name}) : nullptr;
      if (d) replicas = replicas_of(*d), uid = d->metadata.uid;
    } else if (const StatefulSet* set = owner->kind == "StatefulSet" ? stateful_sets_->get<StatefulSet>(key) : nullptr) {
      replicas = set->spec.replicas.value_or(1);
    } else {
      replicas = 1;
      uid = pod->metadata.uid;
    }
    if (seen.insert(uid).second) total += replicas;
  }
  return total;
}

Plan DisruptionController::plan(const Key& key, const Attempt& attempt) {
  DisruptionView view;
  view.budget = budgets_->find(key).get<PodDisruptionBudget>();
  if (!view.budget || !view.budget->spec.selector) return {};
  const auto& selector = *view.budget->spec.selector;
  if (!selector.matchLabels.empty()) {
    for (const PodPtr& pod : as_pods(objects_with_labels(*pods_, key.ns, selector.matchLabels)))
      if (client::matches(selector, pod->metadata.labels)) view.pods.push_back(pod);
  } else {
    pods_->each_in(key.ns, [&](const ObjectPtr& pod) {
      if (client::matches(selector, pod.meta().labels)) view.pods.push_back(pod.get<Pod>());
    });
  }
  view.scale = scale_of(view.pods);
  return plan_disruption(view, attempt);
}

}  // namespace orrery::controllers
