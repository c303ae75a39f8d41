#include "core/controllers/protection.h"

#include "core/controllers/pods.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using api::core_v1::Pod;
using client::Attempt;
using client::Key;
using client::Plan;

namespace {

// The kubelet is done with the pod, or it was deleted by force: only finalizers keep it, and they may wait for the
// claim.
bool is_shut_down(const Pod& pod) {
  const auto& meta = pod.metadata;
  return meta.deletionTimestamp && meta.deletionGracePeriodSeconds && *meta.deletionGracePeriodSeconds == 0;
}

// A pod without a node can't start any more with a claim that is being deleted. One that has ended still counts.
bool uses(const Pod& pod, const PersistentVolumeClaim& claim) {
  if (pod.spec.nodeName.empty()) return false;
  for (const client::UsedClaim& used : client::claims_of(pod)) {
    if (!(used.name == claim.metadata.name)) continue;
    if (!used.ephemeral || (!is_shut_down(pod) && client::is_made_for(claim, pod))) return true;
  }
  return false;
}

template <class T>
Plan protect(const T& object, const char* finalizer) {
  Plan plan;
  T kept = object;
  kept.metadata.finalizers.push_back(finalizer);
  plan.writes.push_back(
      client::update(api::make_object(std::move(kept)), cat(object.metadata.name, " must not go while it is in use")));
  return plan;
}

template <class T>
Plan let_go(const T& object, const char* finalizer, Str why) {
  Plan plan;
  T free = object;
  free.metadata.finalizers.erase_if([&](const Str& f) { return f == finalizer; });
  plan.writes.push_back(client::update(api::make_object(std::move(free)), std::move(why)));
  return plan;
}

// Only these two can need anything done.
bool concerns(const api::meta_v1::ObjectMeta& meta, const char* finalizer) {
  return meta.finalizers.contains(finalizer) == static_cast<bool>(meta.deletionTimestamp);
}

}  // namespace

void ClaimProtectionController::setup(client::InformerSet& informers) {
  claims_ = &informers.of<PersistentVolumeClaim>();
  claims_->add_handler(*this);
  pods_ = &informers.of<Pod>();
  pods_->add_index(client::by_claim);
  pods_->add_handler(*this);
}

void ClaimProtectionController::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                          const ObjectPtr& after) {
  if (&informer == claims_) {
    if (after && concerns(after.meta(), client::kClaimProtection)) queue().add(client::key_of(after));
    return;
  }
  // A pod that is there, with a node and not at its end, frees no claim.
  const Pod* now = after.as<Pod>();
  if (now && !now->spec.nodeName.empty() && !is_terminal(*now) && !is_shut_down(*now)) return;
  const Pod& pod = *(after ? after : before).as<Pod>();
  for (const client::UsedClaim& used : client::claims_of(pod)) {
    const Key key{pod.metadata.namespace_, used.name};
    const auto* claim = claims_->get<PersistentVolumeClaim>(key);
    if (claim && claim->metadata.deletionTimestamp) queue().add(key);
  }
}

Plan ClaimProtectionController::plan(const Key& key, const Attempt& attempt) {
  const auto* claim = claims_->get<PersistentVolumeClaim>(key);
  if (!claim || !concerns(claim->metadata, client::kClaimProtection)) return {};
  if (!claim->metadata.deletionTimestamp) return protect(*claim, client::kClaimProtection);
  for (const ObjectPtr& pod : pods_->lookup(client::by_claim, key.str()))
    if (uses(*pod.as<Pod>(), *claim)) return {};
  // The cache may lag behind: a pod that has just come would lose its data. So the server is asked.
  const client::Read question{cat("/api/v1/namespaces/", key.ns, "/pods"), {}};
  auto answer = attempt.answers.find(question);
  Plan plan;
  if (answer == attempt.answers.end()) {
    plan.reads.push_back(question);
    return plan;
  }
  if (answer->second.error) {
    plan.error = answer->second.error;
    return plan;
  }
  const auto* pods = answer->second.object.as<api::core_v1::PodList>();
  ORRERY_CHECK(pods != nullptr, "a list of pods is answered with one");
  for (const Pod& pod : pods->items)
    if (uses(pod, *claim)) return plan;
  return let_go(*claim, client::kClaimProtection, cat("no pod uses ", key.name, " any more"));
}

void VolumeProtectionController::setup(client::InformerSet& informers) {
  volumes_ = &informers.of<PersistentVolume>();
  volumes_->add_handler(*this);
}

void VolumeProtectionController::on_change(const client::Informer&, ports::WatchType, const ObjectPtr&,
                                           const ObjectPtr& after) {
  if (after && concerns(after.meta(), client::kVolumeProtection)) queue().add(client::key_of(after));
}

Plan VolumeProtectionController::plan(const Key& key, const Attempt&) {
  const auto* volume = volumes_->get<PersistentVolume>(key);
  if (!volume || !concerns(volume->metadata, client::kVolumeProtection)) return {};
  if (!volume->metadata.deletionTimestamp) return protect(*volume, client::kVolumeProtection);
  if (volume->status.phase == "Bound") return {};
  return let_go(*volume, client::kVolumeProtection, cat(key.name, " is not bound to a claim"));
}

}  // namespace orrery::controllers
