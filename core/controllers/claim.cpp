#include "core/controllers/claim.h"

#include <algorithm>

#include "core/client/match.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::meta_v1::OwnerReference;

Claim claim(const api::KindInfo& owner_kind, const api::meta_v1::ObjectMeta& owner,
            const api::meta_v1::LabelSelector& selector, const std::vector<ObjectPtr>& candidates) {
  Claim out;
  for (const ObjectPtr& object : candidates) {
    const auto& meta = object.meta();
    bool match = client::matches(selector, meta.labels);
    if (const OwnerReference* ref = client::controller_of(meta)) {
      if (!(ref->uid == owner.uid)) continue;
      if (match) {
        out.owned.push_back(object);
      } else if (!owner.deletionTimestamp) {
        api::MutableObject released(object);
        released.meta().ownerReferences.erase_if([&](const OwnerReference& r) { return r.uid == owner.uid; });
        out.writes.push_back(client::update(std::move(released).freeze(),
                                            cat(owner.name, " no longer selects ", meta.name, ": letting it go")));
      }
      continue;
    }
    if (!match || owner.deletionTimestamp || meta.deletionTimestamp) continue;
    api::MutableObject adopted(object);
    adopted.meta().ownerReferences.push_back(client::controller_ref(owner_kind, owner));
    ObjectPtr ours = std::move(adopted).freeze();
    out.owned.push_back(ours);
    out.writes.push_back(client::update(ours, cat(owner.name, " selects the orphan ", meta.name, ": adopting it")));
  }
  return out;
}

std::vector<ObjectPtr> claim_candidates(const client::Informer& dependents, const api::meta_v1::ObjectMeta& owner,
                                        const Box<api::meta_v1::LabelSelector>& selector) {
  std::vector<ObjectPtr> out = dependents.lookup(client::by_owner_uid, owner.uid);
  if (!selector) return out;
  // Orphans are mostly few, and those with the labels are mostly the owner's own.
  bool few = dependents.count(orphans_by_namespace, owner.namespace_) <= out.size();
  std::vector<ObjectPtr> others = few || selector->matchLabels.empty()
                                      ? dependents.lookup(orphans_by_namespace, owner.namespace_)
                                      : objects_with_labels(dependents, owner.namespace_, selector->matchLabels);
  if (few)
    others.erase(std::remove_if(others.begin(), others.end(),
                                [&](const ObjectPtr& object) {
                                  return !client::has_all(selector->matchLabels, object.meta().labels);
                                }),
                 others.end());
  for (ObjectPtr& object : others)
    if (!client::controller_of(object.meta())) out.push_back(std::move(object));
  return out;
}

void add_claim_indexes(client::Informer& dependents) {
  dependents.add_index(client::by_owner_uid, client::same_owners);
  dependents.add_index(orphans_by_namespace, client::same_owners);
  dependents.add_index(by_label, client::same_labels);
}

}  // namespace orrery::controllers
