#include "core/controllers/persistent_volume.h"

#include "core/base/text.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using api::storage_v1::StorageClass;
using client::Attempt;
using client::Key;
using client::Plan;
using client::best_match;
using client::class_of;
using client::is_bound_to;
using client::kBindCompleted;
using client::kBoundByController;
using client::kProvisionedBy;
using client::kProvisioner;
using client::kProvisionerBeta;

namespace {

// Unbound claims with something to wait for are looked at again after that long (the controller's sync period).
constexpr Duration kRebind = seconds(15);

void say(Plan& plan, const ObjectPtr& about, const char* type, const char* reason, std::string message) {
  plan.notes.push_back({client::event_target(about), type, reason, std::move(message)});
}

void tell_claim(Plan& plan, const ClaimPtr& claim, const char* phase, const PersistentVolume* volume, Str why) {
  PersistentVolumeClaim told = *claim;
  told.status.phase = phase;
  if (volume) {
    told.status.accessModes = volume->spec.accessModes;
    told.status.capacity = volume->spec.capacity;
  } else {
    told.status.accessModes = {};
    told.status.capacity = {};
  }
  if (told.status == claim->status) return;
  plan.writes.push_back(client::update_status(api::make_object(std::move(told)), std::move(why)));
}

void tell_volume(Plan& plan, const PersistentVolume& volume, const char* phase, Str message, WallTime now, Str why) {
  if (volume.status.phase == phase && volume.status.message == message) return;
  PersistentVolume told = volume;
  if (!(told.status.phase == phase)) told.status.lastPhaseTransitionTime = stamp(now);
  told.status.phase = phase;
  told.status.message = std::move(message);
  plan.writes.push_back(client::update_status(api::make_object(std::move(told)), std::move(why)));
}

// The next step on the way to a bound pair.
void bind_pair(Plan& plan, const VolumePtr& volume, const ClaimPtr& claim, const Attempt& attempt) {
  const auto* ref = volume->spec.claimRef.get();
  Str pair = cat(claim->metadata.name, " and ", volume->metadata.name);
  if (!ref || ref->uid.empty()) {
    PersistentVolume taken = client::taken_by(*volume, *claim);
    plan.writes.push_back(client::update(api::make_object(std::move(taken)), cat(pair, " suit each other")));
    return;
  }
  tell_volume(plan, *volume, "Bound", {}, attempt.now,
              cat(volume->metadata.name, " is taken by ", claim->metadata.name));
  if (!(claim->spec.volumeName == volume->metadata.name) || !claim->metadata.annotations.contains(kBindCompleted)) {
    PersistentVolumeClaim taken = *claim;
    if (taken.spec.volumeName.empty()) taken.metadata.annotations.set(kBoundByController, "yes");
    taken.spec.volumeName = volume->metadata.name;
    taken.metadata.annotations.set(kBindCompleted, "yes");
    plan.writes.push_back(client::update(api::make_object(std::move(taken)), cat(pair, " suit each other")));
    return;
  }
  tell_claim(plan, claim, "Bound", volume.get(), cat(claim->metadata.name, " is bound to ", volume->metadata.name));
}

// The scheduler has not chosen yet: neither a volume nor the node where one is to be made.
bool waits_for_scheduler(const ClaimView& view) {
  return client::waits_for_consumer(view.storage_class.get()) &&
         !view.claim->metadata.annotations.contains(client::kSelectedNode);
}

void tell_whom_it_waits_for(Plan& plan, const ClaimView& view) {
  std::vector<std::string> pods;
  for (const Str& name : view.waiting_pods) pods.push_back(name.str());
  if (pods.empty())
    say(plan, ObjectPtr(view.claim), "Normal", "WaitForFirstConsumer",
        "waiting for first consumer to be created before binding");
  else
    say(plan, ObjectPtr(view.claim), "Normal", "WaitForPodScheduled",
        cat("waiting for pod", pods.size() > 1 ? "s " : " ", join(pods, ","), " to be scheduled"));
}

// No volume suits: one may be made.
void ask_provisioner(Plan& plan, const ClaimView& view) {
  const ClaimPtr& claim = view.claim;
  Str name = class_of(*claim);
  if (!view.storage_class) {
    say(plan, ObjectPtr(claim), "Warning", "ProvisioningFailed",
        cat("storageclass.storage.k8s.io \"", name, "\" not found"));
    return;
  }
  const Str& provisioner = view.storage_class->provisioner;
  if (provisioner == client::kNoProvisioner) {
    say(plan, ObjectPtr(claim), "Normal", "FailedBinding",
        "no persistent volumes available for this claim and no storage class is set");
    return;
  }
  say(plan, ObjectPtr(claim), "Normal", "ExternalProvisioning",
      cat("Waiting for a volume to be created either by the external provisioner '", provisioner,
          "' or manually by the system administrator. If volume creation is delayed, please verify that the "
          "provisioner is "
          "running and correctly registered."));
  if (claim->metadata.annotations.get(kProvisioner) == provisioner) return;
  PersistentVolumeClaim asked = *claim;
  asked.metadata.annotations.set(kProvisioner, provisioner);
  asked.metadata.annotations.set(kProvisionerBeta, provisioner);
  plan.writes.push_back(client::update(api::make_object(std::move(asked)), cat(provisioner, " shall make a volume")));
}

void plan_unbound(Plan& plan, const ClaimView& view, const Attempt& attempt) {
  const ClaimPtr& claim = view.claim;
  if (!claim->spec.volumeName.empty()) {  // the user asks for this one
    for (const VolumePtr& volume : view.volumes)
      if (volume->metadata.name == claim->spec.volumeName && (!volume->spec.claimRef || is_bound_to(*volume, *claim))) {
        if (client::suits(*volume, *claim)) return bind_pair(plan, volume, claim, attempt);
        say(plan, ObjectPtr(claim), "Warning", "VolumeMismatch",
            cat("Cannot bind to requested volume \"", volume->metadata.name, "\": ",
                class_of(*volume) == class_of(*claim) ? "requested PV is too small"
                                                      : "storageClassName does not match"));
      }
    return tell_claim(plan, claim, "Pending", nullptr, cat(claim->metadata.name, " waits for its volume"));
  }
  bool delay = client::waits_for_consumer(view.storage_class.get());
  if (VolumePtr volume = best_match(view.volumes, *claim, delay)) return bind_pair(plan, volume, claim, attempt);
  if (claim->metadata.deletionTimestamp) return;
  if (waits_for_scheduler(view))
    tell_whom_it_waits_for(plan, view);
  else if (!class_of(*claim).empty())
    ask_provisioner(plan, view);
  else
    say(plan, ObjectPtr(claim), "Normal", "FailedBinding",
        "no persistent volumes available for this claim and no storage class is set");
  tell_claim(plan, claim, "Pending", nullptr, cat("no volume suits ", claim->metadata.name));
  plan.requeue_after = kRebind;
}

void plan_bound(Plan& plan, const ClaimView& view, const Attempt& attempt) {
  const ClaimPtr& claim = view.claim;
  auto lose = [&](const char* reason, const char* message) {
    if (!(claim->status.phase == "Lost")) say(plan, ObjectPtr(claim), "Warning", reason, message);
    tell_claim(plan, claim, "Lost", nullptr, cat(claim->metadata.name, " lost its volume"));
  };
  if (claim->spec.volumeName.empty())
    return lose("ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
  for (const VolumePtr& volume : view.volumes) {
    if (!(volume->metadata.name == claim->spec.volumeName)) continue;
    if (!volume->spec.claimRef || is_bound_to(*volume, *claim)) return bind_pair(plan, volume, claim, attempt);
    return lose("ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly");
  }
  lose("ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
}

// The claim is gone.
void release(Plan& plan, const PersistentVolume& volume, const Attempt& attempt) {
  if (!(volume.status.phase == "Released") && !(volume.status.phase == "Failed"))
    return tell_volume(plan, volume, "Released", {}, attempt.now,
                       cat("the claim of ", volume.metadata.name, " is gone"));
  bool external =
      volume.metadata.annotations.contains(kProvisionedBy) || volume.spec.csi;  // its provisioner deletes it
  if (!(volume.spec.persistentVolumeReclaimPolicy == "Delete") || external || volume.metadata.deletionTimestamp) return;
  Str message =
      cat("error getting deleter volume plugin for volume \"", volume.metadata.name, "\": no volume plugin matched");
  if (!(volume.status.phase == "Failed"))
    say(plan, api::make_object(volume), "Warning", "VolumeFailedDelete", message.str());
  tell_volume(plan, volume, "Failed", message, attempt.now, "nobody can delete what is behind it");
}

void unbind(Plan& plan, const PersistentVolume& volume) {
  PersistentVolume free = volume;
  if (free.metadata.annotations.contains(kBoundByController)) {
    free.metadata.annotations.erase(kBoundByController);
    free.spec.claimRef = {};
  } else {  // the user's reservation stays
    free.spec.claimRef.mut().uid = {};
  }
  plan.writes.push_back(client::update(api::make_object(std::move(free)), "its claim took another volume"));
}

}  // namespace

Plan plan_claim(const ClaimView& view, const Attempt& attempt) {
  Plan plan;
  if (view.claim->metadata.annotations.contains(kBindCompleted))
    plan_bound(plan, view, attempt);
  else
    plan_unbound(plan, view, attempt);
  return plan;
}

Plan plan_volume(const VolumeView& view, const Attempt& attempt) {
  Plan plan;
  const PersistentVolume& volume = *view.volume;
  const auto* ref = volume.spec.claimRef.get();
  if (!ref || ref->uid.empty()) {
    tell_volume(plan, volume, "Available", {}, attempt.now, cat(volume.metadata.name, " is free"));
  } else if (!view.claim || !(view.claim->metadata.uid == ref->uid)) {
    release(plan, volume, attempt);
  } else if (view.claim->spec.volumeName == volume.metadata.name) {
    tell_volume(plan, volume, "Bound", {}, attempt.now, cat(volume.metadata.name, " is taken by ", ref->name));
  } else if (!view.claim->spec.volumeName.empty()) {
    bool made_for_it =
        volume.metadata.annotations.contains(kProvisionedBy) && volume.spec.persistentVolumeReclaimPolicy == "Delete";
    if (made_for_it)
      tell_volume(plan, volume, "Released", {}, attempt.now, "its claim took another volume");
    else
      unbind(plan, volume);
  }
  return plan;
}

void PersistentVolumeController::setup(client::InformerSet& informers) {
  volumes_ = &informers.of<PersistentVolume>();
  claims_ = &informers.of<PersistentVolumeClaim>();
  classes_ = &informers.of<StorageClass>();
  for (client::Informer* informer : {volumes_, claims_, classes_}) informer->add_handler(*this);
  pods_ = &informers.of<api::core_v1::Pod>();  // no handler: what is said of them waits for the next look
  pods_->add_index(client::by_claim);
}

void PersistentVolumeController::queue_pending_claims() {
  for (const auto& [key, claim] : claims_->objects())
    if (!claim.as<PersistentVolumeClaim>()->metadata.annotations.contains(kBindCompleted)) queue().add(key);
}

void PersistentVolumeController::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                           const ObjectPtr& after) {
  if (&informer == classes_) return queue_pending_claims();
  if (&informer == claims_) {
    const auto& claim = *(after ? after : before).as<PersistentVolumeClaim>();
    queue().add(client::key_of(claim.metadata));
    if (!claim.spec.volumeName.empty()) queue().add({{}, claim.spec.volumeName});
    for (const auto& [key, volume] : volumes_->objects())
      if (is_bound_to(*volume.as<PersistentVolume>(), claim)) queue().add(key);
    return;
  }
  const auto& volume = *(after ? after : before).as<PersistentVolume>();
  queue().add(client::key_of(volume.metadata));
  if (const auto* ref = volume.spec.claimRef.get())
    queue().add({ref->namespace_, ref->name});
  else
    queue_pending_claims();
}

Plan PersistentVolumeController::plan(const Key& key, const Attempt& attempt) {
  if (key.ns.empty()) {
    VolumeView view;
    view.volume = volumes_->find(key).get<PersistentVolume>();
    if (!view.volume) return {};
    if (const auto* ref = view.volume->spec.claimRef.get())
      view.claim = claims_->find({ref->namespace_, ref->name}).get<PersistentVolumeClaim>();
    return plan_volume(view, attempt);
  }
  ClaimView view;
  view.claim = claims_->find(key).get<PersistentVolumeClaim>();
  if (!view.claim) return {};
  for (const auto& [name, volume] : volumes_->objects()) view.volumes.push_back(volume.get<PersistentVolume>());
  view.storage_class = classes_->find({{}, class_of(*view.claim)}).get<StorageClass>();
  if (client::waits_for_consumer(view.storage_class.get()))
    for (const ObjectPtr& object : pods_->lookup(client::by_claim, key.str())) {
      const auto& pod = *object.as<api::core_v1::Pod>();
      if (pod.spec.nodeName.empty() && !is_terminal(pod)) view.waiting_pods.push_back(pod.metadata.name);
    }
  return plan_claim(view, attempt);
}

}  // namespace orrery::controllers
