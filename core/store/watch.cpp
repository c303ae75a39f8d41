// Watches, indexed by what they are narrowed to, so that a change costs only those that it concerns.
#include <algorithm>

#include "core/store/store.h"

namespace orrery::store {

namespace {

Str key_of(const WatchSpec& spec) { return spec.ns.empty() ? spec.name : Str(cat(spec.ns, '/', spec.name)); }

bool concerns(const Table& t, const WatchSpec& spec, const Change& change) {
  if (!spec.name.empty()) return change.key == key_of(spec);
  if (spec.index && t.index_of) {
    bool now = t.index_of(change.object) == *spec.index;
    bool before = change.previous && t.index_of(change.previous) == *spec.index;
    return now || before;
  }
  return spec.ns.empty() || namespace_of_key(change.key) == spec.ns;
}

}  // namespace

WatchIds& Store::ids_of(const WatchSpec& spec) {
  Table& t = state_.tables[spec.table];
  if (!spec.name.empty()) return t.by_key[key_of(spec)];
  if (spec.index && t.index_of) return t.by_index[*spec.index];
  if (!spec.ns.empty()) return t.by_namespace[spec.ns];
  return t.all;
}

bool Store::watch(uint64_t id, const WatchSpec& spec, uint64_t from, std::vector<ChangePtr>& backlog) {
  const Table& t = state_.tables[spec.table];
  if (from < t.compacted) return false;
  auto first =
      std::partition_point(t.history.begin(), t.history.end(), [&](const ChangePtr& c) { return c->revision <= from; });
  for (auto it = first; it != t.history.end(); ++it)
    if (concerns(t, spec, **it)) backlog.push_back(*it);
  state_.watches.emplace(id, spec);
  ids_of(spec).push_back(id);
  return true;
}

void Store::unwatch(uint64_t id) {
  auto it = state_.watches.find(id);
  if (it == state_.watches.end()) return;
  ++ended_;
  WatchSpec spec = it->second;
  state_.watches.erase(it);
  WatchIds& ids = ids_of(spec);
  ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
  if (!ids.empty()) return;
  Table& t = state_.tables[spec.table];
  if (!spec.name.empty())
    t.by_key.erase(key_of(spec));
  else if (spec.index && t.index_of)
    t.by_index.erase(*spec.index);
  else if (!spec.ns.empty())
    t.by_namespace.erase(spec.ns);
}

void Store::dispatch(Table& t, const ChangePtr& change) {
  if (!listener_ || state_.watches.empty()) return;
  // The listener may end watches while it is told, so ids are copied first.
  WatchIds told = t.all;
  auto add = [&](const std::map<Str, WatchIds, std::less<>>& watches, std::string_view value) {
    auto it = watches.find(value);
    if (it != watches.end()) told.insert(told.end(), it->second.begin(), it->second.end());
  };
  if (!t.by_namespace.empty()) add(t.by_namespace, namespace_of_key(change->key));
  if (!t.by_key.empty()) add(t.by_key, change->key);
  if (t.index_of && !t.by_index.empty()) {
    const Str& now = t.index_of(change->object);
    add(t.by_index, now);
    if (change->previous && t.index_of(change->previous) != now) add(t.by_index, t.index_of(change->previous));
  }
  const uint64_t ended = ended_;
  for (uint64_t id : told)
    if (ended_ == ended || state_.watches.count(id)) listener_->on_change(id, change);
}

}  // namespace orrery::store
