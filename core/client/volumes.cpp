#include "core/client/volumes.h"

#include "core/client/match.h"

namespace orrery::client {

using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using api::core_v1::Pod;

namespace {

constexpr const char* kClassBeta = "volume.beta.kubernetes.io/storage-class";

Quantity storage_in(const Map<Quantity>& resources) {
  const Quantity* q = resources.find("storage");
  return q ? *q : Quantity();
}

std::string_view mode_of(const std::optional<Str>& mode) { return mode ? mode->view() : "Filesystem"; }

}  // namespace

Str class_of(const PersistentVolumeClaim& claim) {
  if (const Str* beta = claim.metadata.annotations.find(kClassBeta)) return *beta;
  return claim.spec.storageClassName.value_or(Str());
}

Str class_of(const PersistentVolume& volume) {
  if (const Str* beta = volume.metadata.annotations.find(kClassBeta)) return *beta;
  return volume.spec.storageClassName;
}

bool waits_for_consumer(const api::storage_v1::StorageClass* c) {
  return c && c->volumeBindingMode && *c->volumeBindingMode == "WaitForFirstConsumer";
}

bool is_bound_to(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  const auto* ref = volume.spec.claimRef.get();
  if (!ref || !(ref->name == claim.metadata.name) || !(ref->namespace_ == claim.metadata.namespace_)) return false;
  return ref->uid.empty() || ref->uid == claim.metadata.uid;
}

bool is_fully_bound(const PersistentVolumeClaim& claim) {
  return !claim.spec.volumeName.empty() && claim.metadata.annotations.contains(kBindCompleted);
}

bool suits(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  if (storage_in(volume.spec.capacity) < storage_in(claim.spec.resources.requests)) return false;
  if (mode_of(volume.spec.volumeMode) != mode_of(claim.spec.volumeMode)) return false;
  if (!(class_of(volume) == class_of(claim))) return false;
  for (const Str& mode : claim.spec.accessModes)
    if (!volume.spec.accessModes.contains(mode)) return false;
  return true;
}

bool is_free_for(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  if (volume.metadata.deletionTimestamp || volume.spec.claimRef || !(volume.status.phase == "Available")) return false;
  return suits(volume, claim) && (!claim.spec.selector || matches(*claim.spec.selector, volume.metadata.labels));
}

bool reachable(const PersistentVolume& volume, const api::core_v1::Node& node) {
  if (!volume.spec.nodeAffinity || !volume.spec.nodeAffinity->required) return true;
  for (const auto& term : volume.spec.nodeAffinity->required->nodeSelectorTerms)
    if (matches(term, node)) return true;
  return false;
}

bool smaller(const PersistentVolume& a, const PersistentVolume& b) {
  return storage_in(a.spec.capacity) < storage_in(b.spec.capacity);
}

bool smaller(const PersistentVolumeClaim& a, const PersistentVolumeClaim& b) {
  return storage_in(a.spec.resources.requests) < storage_in(b.spec.resources.requests);
}

VolumePtr best_match(const std::vector<VolumePtr>& volumes, const PersistentVolumeClaim& claim, bool delay) {
  VolumePtr best;
  for (const VolumePtr& volume : volumes) {
    if (is_bound_to(*volume, claim)) {
      if (!volume->metadata.deletionTimestamp && suits(*volume, claim)) return volume;
      continue;
    }
    if (delay || !is_free_for(*volume, claim)) continue;
    if (!best || smaller(*volume, *best)) best = volume;
  }
  return best;
}

PersistentVolume taken_by(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  PersistentVolume taken = volume;
  if (!taken.spec.claimRef) taken.metadata.annotations.set(kBoundByController, "yes");
  auto& to = taken.spec.claimRef.mut();
  to.kind = "PersistentVolumeClaim";
  to.apiVersion = "v1";
  to.namespace_ = claim.metadata.namespace_;
  to.name = claim.metadata.name;
  to.uid = claim.metadata.uid;
  to.resourceVersion = claim.metadata.resourceVersion;
  return taken;
}

std::vector<UsedClaim> claims_of(const Pod& pod) {
  std::vector<UsedClaim> out;
  for (const auto& v : pod.spec.volumes) {
    if (v.persistentVolumeClaim) out.push_back({v.persistentVolumeClaim->claimName, false});
    if (v.ephemeral) out.push_back({cat(pod.metadata.name, "-", v.name), true});
  }
  return out;
}

void by_claim(const api::ObjectPtr& object, std::vector<Str>& values) {
  const Pod& pod = *object.as<Pod>();
  for (const UsedClaim& used : claims_of(pod)) values.push_back(cat(pod.metadata.namespace_, "/", used.name));
}

bool is_made_for(const PersistentVolumeClaim& claim, const Pod& pod) {
  const auto* owner = controller_of(claim.metadata);
  return owner && owner->uid == pod.metadata.uid;
}

}  // namespace orrery::client
