// What the binder of volumes, the provisioner, the scheduler and others ask about claims and PersistentVolumes.
// Source: component-helpers/storage/volume/pv_helpers.go, pkg/controller/volume/persistentvolume/index.go.
#pragma once

#include <memory>
#include <vector>

#include "core/api/gen/core_v1.h"
#include "core/api/gen/storage_v1.h"
#include "core/client/key.h"

namespace orrery::client {

using VolumePtr = std::shared_ptr<const api::core_v1::PersistentVolume>;
using ClaimPtr = std::shared_ptr<const api::core_v1::PersistentVolumeClaim>;
using StorageClassPtr = std::shared_ptr<const api::storage_v1::StorageClass>;

// Annotations of the binding.
inline constexpr const char* kBindCompleted = "pv.kubernetes.io/bind-completed";  // claim: it was bound once
inline constexpr const char* kBoundByController =
    "pv.kubernetes.io/bound-by-controller";  // claim or volume: not the user's choice
inline constexpr const char* kProvisionedBy = "pv.kubernetes.io/provisioned-by";  // volume
inline constexpr const char* kProvisioner =
    "volume.kubernetes.io/storage-provisioner";  // claim: who shall make its volume
inline constexpr const char* kProvisionerBeta = "volume.beta.kubernetes.io/storage-provisioner";
inline constexpr const char* kSelectedNode = "volume.kubernetes.io/selected-node";  // claim: set by the scheduler
// Finalizers: what is in use is not deleted.
inline constexpr const char* kClaimProtection = "kubernetes.io/pvc-protection";
inline constexpr const char* kVolumeProtection = "kubernetes.io/pv-protection";
// A class whose volumes are all made by hand.
inline constexpr const char* kNoProvisioner = "kubernetes.io/no-provisioner";

// "" when the claim asks for none.
Str class_of(const api::core_v1::PersistentVolumeClaim& claim);
Str class_of(const api::core_v1::PersistentVolume& volume);
// The class leaves the choice of volumes to the scheduler. A class that is missing does not.
bool waits_for_consumer(const api::storage_v1::StorageClass* storage_class);

// The volume's claimRef names the claim (and, once it holds a uid, just this one).
bool is_bound_to(const api::core_v1::PersistentVolume& volume, const api::core_v1::PersistentVolumeClaim& claim);
// Both sides of the binding are done.
bool is_fully_bound(const api::core_v1::PersistentVolumeClaim& claim);
// Big enough, of the same class and mode, with all access modes asked for.
bool suits(const api::core_v1::PersistentVolume& volume, const api::core_v1::PersistentVolumeClaim& claim);
// It is free, suits the claim and matches its selector.
bool is_free_for(const api::core_v1::PersistentVolume& volume, const api::core_v1::PersistentVolumeClaim& claim);
// The volume's node affinity admits the node.
bool reachable(const api::core_v1::PersistentVolume& volume, const api::core_v1::Node& node);
bool smaller(const api::core_v1::PersistentVolume& a, const api::core_v1::PersistentVolume& b);
bool smaller(const api::core_v1::PersistentVolumeClaim& a, const api::core_v1::PersistentVolumeClaim& b);
// One that is reserved for the claim, else the smallest free one that suits it; null when there is none. With `delay`
// (WaitForFirstConsumer) free ones are left to the scheduler.
VolumePtr best_match(const std::vector<VolumePtr>& volumes, const api::core_v1::PersistentVolumeClaim& claim,
                     bool delay);
// The volume with a claimRef to the claim.
api::core_v1::PersistentVolume taken_by(const api::core_v1::PersistentVolume& volume,
                                        const api::core_v1::PersistentVolumeClaim& claim);

// A claim that a pod uses.
struct UsedClaim {
  Str name;
  bool ephemeral = false;  // made for this pod alone, after the template in its spec
  friend bool operator==(const UsedClaim&, const UsedClaim&) = default;
};
std::vector<UsedClaim> claims_of(const api::core_v1::Pod& pod);
// An index of pods: "namespace/claim" of each claim.
void by_claim(const api::ObjectPtr& pod, std::vector<Str>& values);
// The claim is made for this pod: the pod controls it.
bool is_made_for(const api::core_v1::PersistentVolumeClaim& claim, const api::core_v1::Pod& pod);

}  // namespace orrery::client
