#include "core/controllers/claim_retention.h"

#include "core/client/key.h"

namespace orrery::controllers {

using api::apps_v1::StatefulSet;
using api::core_v1::PersistentVolumeClaim;
using api::core_v1::Pod;
using api::meta_v1::ObjectMeta;
using api::meta_v1::OwnerReference;

namespace {

struct Owner {
  const api::KindInfo& kind;
  const ObjectMeta& meta;
  // By name; the uid may be that of a predecessor.
  bool named_by(const OwnerReference& ref) const {
    return ref.apiVersion == api_version() && ref.kind == kind.kind && ref.name == meta.name;
  }
  std::string api_version() const {
    return kind.group.empty() ? std::string(kind.version) : cat(kind.group, "/", kind.version);
  }
};

bool deletes(const Str* word) { return word && *word == "Delete"; }

}  // namespace

bool deletes_when_deleted(const StatefulSet& set) {
  const auto& policy = set.spec.persistentVolumeClaimRetentionPolicy;
  return policy && deletes(&policy->whenDeleted);
}

bool deletes_when_scaled(const StatefulSet& set) {
  const auto& policy = set.spec.persistentVolumeClaimRetentionPolicy;
  return policy && deletes(&policy->whenScaled);
}

std::optional<PersistentVolumeClaim> with_owner(const PersistentVolumeClaim& claim, const StatefulSet& set,
                                                const Pod& pod, bool scaled_away) {
  const Owner owners[] = {{api::kind<StatefulSet>(), set.metadata}, {api::kind<Pod>(), pod.metadata}};
  const bool pod_owns = deletes_when_scaled(set) && scaled_away;
  const bool set_owns = deletes_when_deleted(set) && !pod_owns;
  const bool wanted[] = {set_owns, pod_owns};
  const bool any_policy = deletes_when_deleted(set) || deletes_when_scaled(set);
  bool have[] = {false, false}, as_controller = true, others = false;
  for (const OwnerReference& ref : claim.metadata.ownerReferences) {
    bool ours = false;
    for (size_t i = 0; i < 2; ++i) {
      if (!owners[i].named_by(ref)) continue;
      if (!(ref.uid == owners[i].meta.uid)) return {};  // of a predecessor: the garbage collector's
      ours = have[i] = true;
      as_controller = as_controller && ref.controller.value_or(false);
    }
    others = others || (!ours && ref.controller.value_or(false));
  }
  others = others && any_policy;  // who retains has no quarrel with another controller
  const bool right = have[0] == wanted[0] && have[1] == wanted[1] && as_controller;
  if (others ? !have[0] && !have[1] : right) return {};
  PersistentVolumeClaim changed = claim;
  changed.metadata.ownerReferences.erase_if(
      [&](const OwnerReference& ref) { return owners[0].named_by(ref) || owners[1].named_by(ref); });
  for (size_t i = 0; i < 2 && !others; ++i)
    if (wanted[i]) changed.metadata.ownerReferences.push_back(client::controller_ref(owners[i].kind, owners[i].meta));
  return changed;
}

}  // namespace orrery::controllers
