#include "core/controllers/provisioner.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using api::storage_v1::StorageClass;
using client::Attempt;
using client::Key;
using client::Note;
using client::Plan;
using client::Write;

namespace {

PersistentVolume volume_for(const PersistentVolumeClaim& claim, const StorageClass& c) {
  PersistentVolume volume;
  volume.metadata.name = cat("pvc-", claim.metadata.uid);
  volume.metadata.annotations.set(kProvisionedBy, kLocalProvisioner);
  auto& spec = volume.spec;
  spec.capacity = claim.spec.resources.requests;
  spec.accessModes = claim.spec.accessModes;
  spec.persistentVolumeReclaimPolicy = c.reclaimPolicy.value_or(Str("Delete"));
  spec.storageClassName = c.metadata.name;
  spec.mountOptions = c.mountOptions;
  spec.volumeMode = claim.spec.volumeMode;
  auto& ref = spec.claimRef.mut();
  ref.kind = "PersistentVolumeClaim";
  ref.apiVersion = "v1";
  ref.namespace_ = claim.metadata.namespace_;
  ref.name = claim.metadata.name;
  ref.uid = claim.metadata.uid;
  ref.resourceVersion = claim.metadata.resourceVersion;
  auto& directory = spec.hostPath.mut();
  directory.path = cat(kLocalVolumes, "/", volume.metadata.name);
  directory.type = Str("DirectoryOrCreate");
  if (const Str* node = claim.metadata.annotations.find(kSelectedNode)) {
    api::core_v1::NodeSelectorRequirement on;
    on.key = "kubernetes.io/hostname";
    on.operator_ = "In";
    on.values.push_back(*node);
    api::core_v1::NodeSelectorTerm term;
    term.matchExpressions.push_back(std::move(on));
    spec.nodeAffinity.mut().required.mut().nodeSelectorTerms.push_back(std::move(term));
  }
  return volume;
}

}  // namespace

Plan plan_provision(const ClaimView& view, const Attempt&) {
  Plan plan;
  const PersistentVolumeClaim& claim = *view.claim;
  if (!(claim.metadata.annotations.get(kProvisioner) == kLocalProvisioner) || !claim.spec.volumeName.empty() ||
      claim.metadata.deletionTimestamp || !view.storage_class)
    return plan;
  const StorageClass& c = *view.storage_class;
  bool delayed = c.volumeBindingMode && *c.volumeBindingMode == "WaitForFirstConsumer";
  if (delayed && !claim.metadata.annotations.contains(kSelectedNode)) return plan;
  PersistentVolume volume = volume_for(claim, c);
  for (const VolumePtr& have : view.volumes)
    if (have->metadata.name == volume.metadata.name) return plan;
  client::EventTarget about = client::event_target(ObjectPtr(view.claim));
  Str name = cat(claim.metadata.namespace_, "/", claim.metadata.name);
  plan.notes.push_back(
      {about, "Normal", "Provisioning", cat("External provisioner is provisioning volume for claim \"", name, "\"")});
  Str made = volume.metadata.name;
  Write w = client::create(api::make_object(std::move(volume)), cat("no volume suits ", claim.metadata.name));
  w.fine = Reason::AlreadyExists;
  w.on_success = Note{about, "Normal", "ProvisioningSucceeded", cat("Successfully provisioned volume ", made)};
  w.on_failure = Note{about, "Warning", "ProvisioningFailed",
                      cat("failed to provision volume with StorageClass \"", c.metadata.name, "\": {error}")};
  plan.writes.push_back(std::move(w));
  return plan;
}

void LocalProvisioner::setup(client::InformerSet& informers) {
  volumes_ = &informers.of<PersistentVolume>();
  claims_ = &informers.of<PersistentVolumeClaim>();
  classes_ = &informers.of<StorageClass>();
  volumes_->add_handler(*this);
  claims_->add_handler(*this);
}

void LocalProvisioner::on_change(const client::Informer&, ports::WatchType, const ObjectPtr&, const ObjectPtr& after) {
  if (after) queue().add(client::key_of(after));
}

Plan LocalProvisioner::plan(const Key& key, const Attempt& attempt) {
  if (!key.ns.empty()) {
    ClaimView view;
    view.claim = claims_->find(key).get<PersistentVolumeClaim>();
    if (!view.claim) return {};
    view.storage_class = classes_->find({{}, class_of(*view.claim)}).get<StorageClass>();
    for (const auto& [name, volume] : volumes_->objects()) view.volumes.push_back(volume.get<PersistentVolume>());
    return plan_provision(view, attempt);
  }
  Plan plan;
  const ObjectPtr& object = volumes_->find(key);
  const PersistentVolume* volume = object.as<PersistentVolume>();
  if (volume && volume->metadata.annotations.get(kProvisionedBy) == kLocalProvisioner &&
      volume->spec.persistentVolumeReclaimPolicy == "Delete" && volume->status.phase == "Released" &&
      !volume->metadata.deletionTimestamp)
    plan.writes.push_back(client::remove(object, cat("its claim is gone, and its policy is Delete")));
  return plan;
}

}  // namespace orrery::controllers
