#include "core/controllers/deployment.h"

#include "core/controllers/claim.h"
#include "core/client/match.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::core_v1::Pod;
using client::Attempt;
using client::Key;
using client::Plan;

void DeploymentController::setup(client::InformerSet& informers) {
  deployments_ = &informers.of<Deployment>();
  deployments_->add_handler(*this);
  sets_ = &informers.of<ReplicaSet>();
  add_claim_indexes(*sets_);
  sets_->add_handler(*this);
  pods_ = &informers.of<Pod>();
  pods_->add_index(client::by_owner_uid, client::same_owners);
  pods_->add_handler(*this);
}

void DeploymentController::on_change(const client::Informer& informer, ports::WatchType type, const ObjectPtr& before,
                                     const ObjectPtr& after) {
  if (&informer == deployments_) return queue().add(client::key_of(after ? after : before));
  if (&informer == pods_) {
    // Only Recreate waits for pods, and only for their end.
    const auto& meta = (after ? after : before).meta();
    const auto* owner = client::controller_of(meta);
    if (!owner || !(owner->kind == "ReplicaSet")) return;
    bool ended = type == ports::WatchType::Deleted || is_terminal(*after.as<Pod>());
    const ReplicaSet* set = ended ? sets_->get<ReplicaSet>({meta.namespace_, owner->name}) : nullptr;
    const auto* deployment = set ? client::controller_of(set->metadata) : nullptr;
    if (!deployment) return;
    const Deployment* d = deployments_->get<Deployment>({meta.namespace_, deployment->name});
    if (d && !is_rolling_update(*d)) queue().add({meta.namespace_, deployment->name});
    return;
  }
  for (const ObjectPtr* object : {&before, &after}) {
    if (!*object) continue;
    const auto& meta = object->meta();
    if (const auto* owner = client::controller_of(meta)) {
      if (owner->kind == "Deployment") queue().add({meta.namespace_, owner->name});
    } else if (object == &after) {
      deployments_->each_in(meta.namespace_, [&](const ObjectPtr& d) {
        if (client::matches(d.as<Deployment>()->spec.selector, meta.labels)) queue().add(client::key_of(d));
      });
    }
  }
}

Plan DeploymentController::plan(const Key& key, const Attempt& attempt) {
  const ObjectPtr& object = deployments_->find(key);
  if (!object) return {};
  DeploymentView view;
  view.deployment = object.get<Deployment>();
  view.candidates = claim_candidates(*sets_, view.deployment->metadata, view.deployment->spec.selector);
  if (!is_rolling_update(*view.deployment))
    for (const ObjectPtr& set : view.candidates)
      for (ObjectPtr& pod : pods_->lookup(client::by_owner_uid, set.meta().uid))
        view.pods.emplace_back(set.meta().uid, pod.get<Pod>());
  bool has_new = false;
  for (const ObjectPtr& set : view.candidates)
    has_new |= same_template(set.as<ReplicaSet>()->spec.template_, view.deployment->spec.template_);
  if (!has_new) view.in_the_way = sets_->find({key.ns, new_set_name(*view.deployment)}).get<ReplicaSet>();
  return plan_deployment(view, attempt);
}

}  // namespace orrery::controllers
