#include "core/controllers/ephemeral_volume.h"

#include "core/client/volumes.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::core_v1::PersistentVolumeClaim;
using api::core_v1::Pod;
using client::Attempt;
using client::Key;
using client::Plan;
using client::Write;

namespace {

bool has_ephemeral(const Pod& pod) {
  for (const auto& v : pod.spec.volumes)
    if (v.ephemeral) return true;
  return false;
}

Str ephemeral_claim_name(const Pod& pod, const api::core_v1::Volume& v) { return cat(pod.metadata.name, "-", v.name); }

PersistentVolumeClaim claim_for(const Pod& pod, const api::core_v1::Volume& v) {
  const auto& tmpl = *v.ephemeral->volumeClaimTemplate;
  PersistentVolumeClaim claim;
  claim.metadata.name = ephemeral_claim_name(pod, v);
  claim.metadata.namespace_ = pod.metadata.namespace_;
  claim.metadata.labels = tmpl.metadata.labels;
  claim.metadata.annotations = tmpl.metadata.annotations;
  claim.metadata.ownerReferences.push_back(client::controller_ref(api::kind<Pod>(), pod.metadata));
  claim.spec = tmpl.spec;
  return claim;
}

}  // namespace

void EphemeralVolumeController::setup(client::InformerSet& informers) {
  pods_ = &informers.of<Pod>();
  pods_->add_index(client::by_claim);
  pods_->add_handler(*this);
  claims_ = &informers.of<PersistentVolumeClaim>();
  claims_->add_handler(*this);
}

void EphemeralVolumeController::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                          const ObjectPtr& after) {
  if (&informer == pods_) {
    // A pod's volumes never change: one look at each pod is enough.
    if (!before && has_ephemeral(*after.as<Pod>())) queue().add(client::key_of(after));
    return;
  }
  if (after) return;  // a claim that is gone is made again while its pod is there
  for (const ObjectPtr& pod : pods_->lookup(client::by_claim, client::key_of(before).str()))
    if (has_ephemeral(*pod.as<Pod>())) queue().add(client::key_of(pod));
}

Plan EphemeralVolumeController::plan(const Key& key, const Attempt&) {
  Plan plan;
  const ObjectPtr& object = pods_->find(key);
  const Pod* pod = object.as<Pod>();
  if (!pod || pod->metadata.deletionTimestamp) return plan;
  const client::EventTarget about = client::event_target(object);
  for (const auto& v : pod->spec.volumes) {
    if (!v.ephemeral || !v.ephemeral->volumeClaimTemplate) continue;
    const Str name = ephemeral_claim_name(*pod, v);
    const std::string trouble = cat("ephemeral volume ", v.name, ": ");
    if (const auto* have = claims_->get<PersistentVolumeClaim>({key.ns, name})) {
      if (client::is_made_for(*have, *pod)) continue;
      Str why = cat("PVC ", key.ns, "/", name, " was not created for pod ", key.str(), " (pod is not owner)");
      plan.notes.push_back({about, "Warning", "FailedBinding", cat(trouble, why)});
      plan.error = make_error(Reason::Conflict, std::move(why));
      return plan;
    }
    Write w =
        client::create(api::make_object(claim_for(*pod, v)), cat(pod->metadata.name, " needs its own claim ", name));
    w.on_failure = client::Note{about, "Warning", "FailedBinding", cat(trouble, "create PVC ", name, ": {error}")};
    plan.writes.push_back(std::move(w));
  }
  return plan;
}

}  // namespace orrery::controllers
