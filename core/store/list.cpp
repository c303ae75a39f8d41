// Lists: at the current revision straight from the table, at an earlier one by rolling its changes back.
#include <algorithm>

#include "core/store/store.h"

namespace orrery::store {

namespace {

// Reads two ordered sources as one: the durable items, and for keys changed since, what they were.
class Rollback {
 public:
  Rollback(const Table& table, uint64_t revision) {
    for (auto it = table.history.rbegin(); it != table.history.rend() && (*it)->revision > revision; ++it)
      was_[(*it)->key] = (*it)->previous;
  }
  const std::map<Str, api::ObjectPtr, std::less<>>& was() const { return was_; }

 private:
  std::map<Str, api::ObjectPtr, std::less<>> was_;
};

uint64_t revision_of(const api::ObjectPtr& object) {
  uint64_t revision = 0;
  for (char c : object.meta().resourceVersion.view()) revision = revision * 10 + static_cast<uint64_t>(c - '0');
  return revision;
}

}  // namespace

bool Store::list(const ListSpec& spec, uint32_t limit, std::vector<std::pair<Str, Item>>& out, uint64_t* rest) const {
  const Table& t = state_.tables[spec.table];
  uint64_t taken = 0, left = 0;
  auto take = [&](const Str& key, const Item& item) {
    if (limit && taken >= limit) return ++left, static_cast<void>(0);
    ++taken;
    out.emplace_back(key, item);
  };
  bool past = spec.revision != 0 && spec.revision < state_.durable;
  if (past && spec.revision < t.compacted) return false;

  if (spec.index && t.index_of && !past) {
    auto keys = t.index.find(spec.index->view());
    if (keys != t.index.end())
      for (const Str& key : keys->second) {
        if (!spec.ns.empty() && namespace_of_key(key) != spec.ns) continue;
        if (!spec.after.empty() && key <= spec.after) continue;
        take(key, t.items.find(key.view())->second);
      }
    if (rest) *rest = left;
    return true;
  }

  std::string prefix = spec.ns.empty() ? std::string() : cat(spec.ns, '/');
  std::string_view from = spec.after.empty() ? std::string_view(prefix) : spec.after.view();
  auto within = [&](std::string_view key) { return key.substr(0, prefix.size()) == prefix; };
  auto it = t.items.lower_bound(from);
  if (it != t.items.end() && !spec.after.empty() && it->first == spec.after) ++it;
  if (!past) {
    for (; it != t.items.end() && within(it->first); ++it) {
      if (limit && taken >= limit && !rest) break;
      take(it->first, it->second);
    }
    if (rest) *rest = left;
    return true;
  }
  Rollback rollback(t, spec.revision);
  auto was = rollback.was().lower_bound(from);
  if (was != rollback.was().end() && !spec.after.empty() && was->first == spec.after) ++was;
  for (;;) {
    bool more_items = it != t.items.end() && within(it->first);
    bool more_was = was != rollback.was().end() && within(was->first);
    if (!more_items && !more_was) break;
    if (more_was && (!more_items || was->first <= it->first)) {
      if (was->second) take(was->first, Item{was->second, revision_of(was->second)});
      if (more_items && it->first == was->first) ++it;
      ++was;
    } else {
      take(it->first, it->second);
      ++it;
    }
  }
  if (rest) *rest = left;
  return true;
}

}  // namespace orrery::store
