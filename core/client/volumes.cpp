#include "core/controllers/volume_match.h"

#include "core/client/match.h"

namespace orrery::controllers {

using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;

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

bool is_bound_to(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  const auto* ref = volume.spec.claimRef.get();
  if (!ref || !(ref->name == claim.metadata.name) || !(ref->namespace_ == claim.metadata.namespace_)) return false;
  return ref->uid.empty() || ref->uid == claim.metadata.uid;
}

bool suits(const PersistentVolume& volume, const PersistentVolumeClaim& claim) {
  if (storage_in(volume.spec.capacity) < storage_in(claim.spec.resources.requests)) return false;
  if (mode_of(volume.spec.volumeMode) != mode_of(claim.spec.volumeMode)) return false;
  if (!(class_of(volume) == class_of(claim))) return false;
  for (const Str& mode : claim.spec.accessModes)
    if (!volume.spec.accessModes.contains(mode)) return false;
  return true;
}

VolumePtr best_match(const std::vector<VolumePtr>& volumes, const PersistentVolumeClaim& claim, bool delay) {
  VolumePtr best;
  for (const VolumePtr& volume : volumes) {
    if (volume->metadata.deletionTimestamp) continue;
    if (is_bound_to(*volume, claim)) {
      if (suits(*volume, claim)) return volume;
      continue;
    }
    if (delay || volume->spec.claimRef || !(volume->status.phase == "Available") || !suits(*volume, claim)) continue;
    if (claim.spec.selector && !client::matches(*claim.spec.selector, volume->metadata.labels)) continue;
    if (!best || storage_in(volume->spec.capacity) < storage_in(best->spec.capacity)) best = volume;
  }
  return best;
}

}  // namespace orrery::controllers
