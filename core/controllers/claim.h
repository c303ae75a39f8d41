// Adoption and release: a set owns the objects that its selector matches (upstream's ControllerRefManager).
#pragma once

#include "core/client/informer.h"
#include "core/client/plan.h"

namespace orrery::controllers {

struct Claim {
  std::vector<api::ObjectPtr> owned;   // owned already or adopted by `writes`
  std::vector<client::Write> writes;   // adopts orphans that match, releases owned ones that no longer do
};

// `candidates`: everything that the owner controls, and orphans of its namespace.
Claim claim(const api::KindInfo& owner_kind, const api::meta_v1::ObjectMeta& owner,
            const api::meta_v1::LabelSelector& selector, const std::vector<api::ObjectPtr>& candidates);

// What claim() shall look at, from a cache with add_claim_indexes().
std::vector<api::ObjectPtr> claim_candidates(const client::Informer& dependents, const api::meta_v1::ObjectMeta& owner,
                                             const Box<api::meta_v1::LabelSelector>& selector);
void add_claim_indexes(client::Informer& dependents);

}  // namespace orrery::controllers
