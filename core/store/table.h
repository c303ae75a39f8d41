// Table: all objects of one resource, with the history that watches and consistent lists need. Plain data, copyable.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/api/object.h"
#include "core/base/hash.h"
#include "core/base/indexed_map.h"
#include "core/base/time.h"

namespace orrery::store {

// A stored object: null object means deleted (only in the pending overlay).
struct Item {
  api::ObjectPtr object;
  uint64_t revision = 0;
};

enum class Op : uint8_t { Created, Updated, Deleted };

// One durable write. Immutable; shared by the history and by every watch that it concerns.
struct Change {
  uint64_t revision = 0;
  Op op = Op::Created;
  Str key;                  // within its table: "default/web", "node-1"
  api::ObjectPtr object;    // Deleted: the last state, carrying the deletion's resourceVersion
  api::ObjectPtr previous;  // null when created
  uint64_t cause = 0;       // trace id of the request
  Instant at;
};
using ChangePtr = std::shared_ptr<const Change>;

// What a watch or list may be narrowed to without looking at every object: a pod's node. Null: no index.
using IndexFn = const Str& (*)(const api::ObjectPtr& object);

using ItemMap = IndexedMap<Str, Item, StrHash>;
using PendingMap = std::unordered_map<Str, Item, StrHash, std::equal_to<>>;
using WatchIds = std::vector<uint64_t>;

struct Table {
  std::string resource;  // "pods", "apps/deployments": the key prefix without slashes around it
  bool relaxed = false;  // Leases, Events: acknowledged when applied, durable within a second
  IndexFn index_of = nullptr;

  ItemMap items;                                                 // durable, ordered as etcd orders its keys
  PendingMap pending;                                            // newest not yet durable write a key; never walked
  std::map<Str, std::set<Str, std::less<>>, std::less<>> index;  // index value -> keys

  std::deque<ChangePtr> history;
  uint64_t compacted = 0;  // changes up to this revision are no longer in `history`

  // Watches by what they are narrowed to; each stands in exactly one of these.
  WatchIds all;
  std::map<Str, WatchIds, std::less<>> by_namespace, by_key, by_index;

  // "/pods/default/web"
  Str full_key(std::string_view key) const { return cat_str('/', resource, '/', key); }
  const Item* find(std::string_view key) const {
    auto it = items.find(key);
    return it == items.end() ? nullptr : &it->second;
  }
  // What writes validate against: the pending write if there is one, else the durable object. Null: absent.
  const Item* find_head(std::string_view key) const {
    auto it = pending.find(key);
    if (it != pending.end()) return it->second.object ? &it->second : nullptr;
    return find(key);
  }
};

// "default" of "default/web", "" of a cluster-scoped key.
inline std::string_view namespace_of_key(std::string_view key) {
  size_t slash = key.find('/');
  return slash == std::string_view::npos ? std::string_view() : key.substr(0, slash);
}

}  // namespace orrery::store
