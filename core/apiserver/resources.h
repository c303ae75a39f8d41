// Where each served kind is stored, and how it is kept: the rules that hold for a whole kind.
#pragma once

#include "core/api/kinds.h"
#include "core/store/store.h"

namespace orrery::apiserver {

using api::KindInfo;

// The type that the kind's objects are stored as: its own, save for the second version of a kind (events, autoscalers).
const api::TypeDesc& storage_type(const KindInfo& kind);
// "pods", "apps/deployments"
std::string storage_resource(const KindInfo& kind);
// "default/web", "node-1"
inline Str storage_key(const KindInfo& kind, const Str& ns, const Str& name) {
  return kind.namespaced ? Str(cat(ns, '/', name)) : name;
}
bool is_stored(const KindInfo& kind);
bool is_measured(const KindInfo& kind);  // read from the metrics source instead  // false: reviews and bindings, which are only answered

// To and from the stored type; an object that is stored as its own type passes through.
api::MutableObject to_storage(const KindInfo& kind, api::MutableObject object);
api::ObjectPtr from_storage(const KindInfo& kind, const api::ObjectPtr& object);

// Declares the table of every served kind: which are relaxed, which have an index.
void declare_tables(store::Store& store);

}  // namespace orrery::apiserver
