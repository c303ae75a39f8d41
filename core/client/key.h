// Key: the namespace and name of an object, sharing the object's own text. Cluster-scoped objects have an empty ns.
#pragma once

#include "core/api/kinds.h"
#include "core/api/object.h"
#include "core/base/hash.h"

namespace orrery::client {

struct Key {
  Str ns;
  Str name;
  friend bool operator==(const Key&, const Key&) = default;
  friend std::strong_ordering operator<=>(const Key& a, const Key& b) {
    if (!a.ns.same_block(b.ns)) {
      auto c = a.ns <=> b.ns;
      if (c != 0) return c;
    }
    return a.name <=> b.name;
  }
  // "default/web", or "node-1".
  std::string str() const { return ns.empty() ? name.str() : cat(ns, "/", name); }
};

struct KeyHash {
  using is_transparent = void;
  size_t operator()(const Key& key) const { return static_cast<size_t>(quick_hash(key.name, quick_hash(key.ns))); }
};

inline Key key_of(const api::meta_v1::ObjectMeta& meta) { return {meta.namespace_, meta.name}; }
inline Key key_of(const api::ObjectPtr& object) { return key_of(object.meta()); }

// metadata.resourceVersion as a number; 0 when unset.
uint64_t revision_of(const api::meta_v1::ObjectMeta& meta);
// The owner with controller: true, or null.
const api::meta_v1::OwnerReference* controller_of(const api::meta_v1::ObjectMeta& meta);
// A reference from a dependent to its controller: controller and blockOwnerDeletion set.
api::meta_v1::OwnerReference controller_ref(const api::KindInfo& kind, const api::meta_v1::ObjectMeta& owner);

}  // namespace orrery::client
