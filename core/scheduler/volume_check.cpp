#include "core/scheduler/volume_check.h"

#include <algorithm>

#include "core/base/text.h"

namespace orrery::scheduler {

using api::core_v1::Node;
using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using client::UsedClaim;

namespace {

// As the label of a volume and, where only the newer name is on the node, of the node.
struct ZoneLabel {
  const char* name;
  const char* today;
};
constexpr ZoneLabel kZoneLabels[] = {
    {"failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"},
    {"failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"},
    {"topology.kubernetes.io/zone", "topology.kubernetes.io/zone"},
    {"topology.kubernetes.io/region", "topology.kubernetes.io/region"},
};

// "us-east1-a__us-east1-b": a volume that is in several zones.
std::vector<Str> zones_in(std::string_view label) {
  std::vector<Str> out;
  for (size_t at = 0;;) {
    size_t end = label.find("__", at);
    out.push_back(Str(label.substr(at, end == std::string_view::npos ? end : end - at)));
    if (end == std::string_view::npos) return out;
    at = end + 2;
  }
}

bool allows(const api::storage_v1::StorageClass& c, const Node& node) {
  if (c.allowedTopologies.empty()) return true;
  for (const auto& term : c.allowedTopologies) {
    bool all = true;
    for (const auto& e : term.matchLabelExpressions) {
      const Str* have = node.metadata.labels.find(e.key);
      all = all && have && e.values.contains(*have);
    }
    if (all) return true;
  }
  return false;
}

bool smaller_claim(const ClaimPtr& a, const ClaimPtr& b) { return client::smaller(*a, *b); }
bool smaller_volume(const VolumePtr& a, const VolumePtr& b) { return client::smaller(*a, *b); }

}  // namespace

VolumeCheck::VolumeCheck(const PodInfo& pod, const Cluster& cluster) {
  if (pod.claims.empty()) return;
  any_ = true;
  ns_ = pod.pod->metadata.namespace_;
  read_claims(pod, cluster);
}

// "": nothing is wrong with the claim itself.
Str VolumeCheck::why_nowhere(const PodInfo& pod, const ClaimPtr& claim, const UsedClaim& used) const {
  if (!claim && used.ephemeral)
    return cat("waiting for ephemeral volume controller to create the persistentvolumeclaim \"", used.name, "\"");
  if (!claim) return cat("persistentvolumeclaim \"", used.name, "\" not found");
  if (claim->status.phase == "Lost")
    return cat("persistentvolumeclaim \"", used.name, "\" bound to non-existent persistentvolume \"",
               claim->spec.volumeName, "\"");
  if (claim->metadata.deletionTimestamp) return cat("persistentvolumeclaim \"", used.name, "\" is being deleted");
  if (used.ephemeral && !client::is_made_for(*claim, *pod.pod))
    return cat("PVC ", ns_, "/", used.name, " was not created for pod ", ns_, "/", pod.pod->metadata.name,
               " (pod is not owner)");
  return {};
}

void VolumeCheck::read_claims(const PodInfo& pod, const Cluster& cluster) {
  const Storage& storage = cluster.storage();
  std::vector<ClaimPtr> waiting;
  bool immediate = false;
  for (const UsedClaim& used : pod.claims) {
    const Key key{ns_, used.name};
    ClaimPtr claim = storage.claim(key);
    Str wrong = why_nowhere(pod, claim, used);
    if (!wrong.empty()) {
      everywhere_ = {kClaims, std::move(wrong)};
      return;
    }
    if (!used.ephemeral && claim->spec.accessModes.contains("ReadWriteOncePod")) {
      once_pod_.push_back(used.name);
      in_use_ += cluster.claim_in_use(key);
    }
    if (client::is_fully_bound(*claim)) {
      read_bound(claim, storage);
      continue;
    }
    // A claim that names its volume is bound by the controller, whatever its class says.
    StorageClassPtr storage_class = storage.storage_class(client::class_of(*claim));
    if (claim->spec.volumeName.empty() && client::waits_for_consumer(storage_class.get()))
      waiting.push_back(std::move(claim));
    else
      immediate = true;
  }
  in_use_at_first_ = in_use_;
  if (immediate) everywhere_ = {kClaims, "pod has unbound immediate PersistentVolumeClaims"};
  // The smallest first, so that each gets the smallest volume that suits it.
  std::stable_sort(waiting.begin(), waiting.end(), smaller_claim);
  for (const ClaimPtr& claim : waiting) read_unbound(claim, storage.storage_class(client::class_of(*claim)), storage);
}

void VolumeCheck::read_bound(const ClaimPtr& claim, const Storage& storage) {
  VolumePtr volume = storage.volume(claim->spec.volumeName);
  if (!volume) {
    if (everywhere_.fits())
      everywhere_ = {kVolumeMissing, cat("persistentvolume \"", claim->spec.volumeName, "\" not found")};
    return;
  }
  for (const ZoneLabel& label : kZoneLabels)
    if (const Str* value = volume->metadata.labels.find(label.name)) zones_.push_back({label.name, zones_in(*value)});
  bound_.push_back(std::move(volume));
}

void VolumeCheck::read_unbound(const ClaimPtr& claim, StorageClassPtr storage_class, const Storage& storage) {
  Unbound u;
  u.claim = claim;
  u.selected = claim->metadata.annotations.get(client::kSelectedNode);
  if (u.selected.empty()) {
    for (const VolumePtr& volume : storage.volumes_of(client::class_of(*claim))) {
      if (client::is_bound_to(*volume, *claim)) {  // reserved: this one or none
        u.candidates.assign(1, volume);
        break;
      }
      if (client::is_free_for(*volume, *claim)) u.candidates.push_back(volume);
    }
    std::stable_sort(u.candidates.begin(), u.candidates.end(), smaller_volume);
  }
  const Str& provisioner = storage_class->provisioner;
  if (!provisioner.empty() && !(provisioner == client::kNoProvisioner)) u.storage_class = std::move(storage_class);
  unbound_.push_back(std::move(u));
}

bool VolumeCheck::match(const NodeInfo& node, VolumePlan* plan) const {
  std::vector<const PersistentVolume*> chosen;
  for (const Unbound& u : unbound_) {
    if (!u.selected.empty() && !(u.selected == node.name)) return false;
    auto fits = [&](const VolumePtr& volume) {
      return client::reachable(*volume, *node.node) &&
             std::find(chosen.begin(), chosen.end(), volume.get()) == chosen.end();
    };
    auto found = std::find_if(u.candidates.begin(), u.candidates.end(), fits);
    if (found != u.candidates.end()) {
      chosen.push_back(found->get());
      if (plan) plan->bindings.push_back({*found, u.claim});
      continue;
    }
    if (!u.storage_class || !allows(*u.storage_class, *node.node)) return false;
    if (plan) plan->provisions.push_back(u.claim);
  }
  return true;
}

// A node that names no zone is in all of them: a cluster without zones.
bool VolumeCheck::in_zone(const Node& node) const {
  if (zones_.empty()) return true;
  const auto& labels = node.metadata.labels;
  bool has_zones = false;
  for (const ZoneLabel& label : kZoneLabels) has_zones = has_zones || labels.contains(label.name);
  if (!has_zones) return true;
  for (const Zone& zone : zones_) {
    const Str* have = labels.find(zone.key);
    for (const ZoneLabel& label : kZoneLabels)
      if (!have && zone.key == label.name) have = labels.find(label.today);
    if (!have || std::find(zone.values.begin(), zone.values.end(), *have) == zone.values.end()) return false;
  }
  return true;
}

Verdict VolumeCheck::filter(const NodeInfo& node) const {
  if (!any_) return {};
  if (!everywhere_.fits()) return everywhere_;
  if (in_use_ > 0) return {kOncePod, {}};
  Verdict verdict;
  for (const VolumePtr& volume : bound_)
    if (!client::reachable(*volume, *node.node)) verdict.why |= kVolumeAffinity;
  if (!match(node, nullptr)) verdict.why |= kNoVolume;
  if (verdict.fits() && !in_zone(*node.node)) verdict.why |= kVolumeZone;
  return verdict;
}

VolumePlan VolumeCheck::plan(const NodeInfo& node) const {
  VolumePlan out;
  match(node, &out);
  return out;
}

void VolumeCheck::count(const PodInfo& other, int sign) {
  if (once_pod_.empty() || !(other.pod->metadata.namespace_ == ns_)) return;
  for (const UsedClaim& used : other.claims)
    if (!used.ephemeral && std::find(once_pod_.begin(), once_pod_.end(), used.name) != once_pod_.end()) in_use_ += sign;
}

}  // namespace orrery::scheduler
