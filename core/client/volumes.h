// Which PersistentVolume suits a claim. Source: component-helpers/storage/volume/pv_helpers.go (FindMatchingVolume),
// pkg/controller/volume/persistentvolume/index.go.
#pragma once

#include <memory>
#include <vector>

#include "core/api/gen/core_v1.h"

namespace orrery::controllers {

using VolumePtr = std::shared_ptr<const api::core_v1::PersistentVolume>;

// Annotations of the binding (component-helpers/storage/volume/pv_helpers.go).
inline constexpr const char* kBindCompleted = "pv.kubernetes.io/bind-completed";  // claim: it was bound once
inline constexpr const char* kBoundByController =
    "pv.kubernetes.io/bound-by-controller";  // claim or volume: not the user's choice
inline constexpr const char* kProvisionedBy = "pv.kubernetes.io/provisioned-by";  // volume
inline constexpr const char* kProvisioner =
    "volume.kubernetes.io/storage-provisioner";  // claim: who shall make its volume
inline constexpr const char* kProvisionerBeta = "volume.beta.kubernetes.io/storage-provisioner";
inline constexpr const char* kSelectedNode = "volume.kubernetes.io/selected-node";  // claim: set by the scheduler

// "" when the claim asks for none.
Str class_of(const api::core_v1::PersistentVolumeClaim& claim);
Str class_of(const api::core_v1::PersistentVolume& volume);
// The volume's claimRef names the claim (and, once it holds a uid, just this one).
bool is_bound_to(const api::core_v1::PersistentVolume& volume, const api::core_v1::PersistentVolumeClaim& claim);
// Big enough, of the same class and mode, with all access modes asked for.
bool suits(const api::core_v1::PersistentVolume& volume, const api::core_v1::PersistentVolumeClaim& claim);
// One that is reserved for the claim, else the smallest free one that suits it; null when there is none. With `delay`
// (WaitForFirstConsumer) free ones are left to the scheduler.
VolumePtr best_match(const std::vector<VolumePtr>& volumes, const api::core_v1::PersistentVolumeClaim& claim,
                     bool delay);

}  // namespace orrery::controllers
