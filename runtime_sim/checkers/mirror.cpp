#include "runtime_sim/checkers/mirror.h"

#include <algorithm>

namespace orrery::sim {
namespace {

// What a table's objects say, against what was mirrored: its history does not reach back far enough.
void compare(const store::Table& table, const Mirror::Objects& known, Instant now, std::vector<Seen>& out) {
  for (const auto& [key, item] : table.items) {
    auto it = known.find(key);
    if (it != known.end() && same(it->second, item.object)) continue;
    bool equal = it != known.end() && it->second.meta().resourceVersion == item.object.meta().resourceVersion;
    out.push_back({table.resource, key, it == known.end() ? nullptr : it->second, item.object, item.revision, now, true});
    if (equal) out.pop_back();
  }
  for (const auto& [key, object] : known)
    if (!table.items.count(key)) out.push_back({table.resource, key, object, nullptr, 0, now, true});
}

}  // namespace

std::vector<Seen> Mirror::follow(const store::Store& store, Instant now) {
  std::vector<Seen> out;
  for (const store::Table& table : store.state().tables) {
    uint64_t& seen = seen_[table.resource];
    if (table.compacted > seen) {
      compare(table, tables_[table.resource], now, out);
    } else {
      auto first = table.history.end();
      while (first != table.history.begin() && (*std::prev(first))->revision > seen) --first;
      for (; first != table.history.end(); ++first) {
        const store::Change& c = **first;
        out.push_back({table.resource, c.key, c.previous, c.op == store::Op::Deleted ? nullptr : c.object, c.revision, c.at, false});
      }
    }
    seen = store.revision();
  }
  std::stable_sort(out.begin(), out.end(), [](const Seen& a, const Seen& b) { return a.revision < b.revision; });
  revision_ = store.revision();
  return out;
}

void Mirror::apply(const Seen& seen) {
  Objects& objects = tables_[seen.resource];
  if (seen.after)
    objects[seen.key] = seen.after;
  else
    objects.erase(seen.key);
}

const Mirror::Objects& Mirror::all(std::string_view resource) const {
  static const Objects kNone;
  auto it = tables_.find(resource);
  return it == tables_.end() ? kNone : it->second;
}

}  // namespace orrery::sim
