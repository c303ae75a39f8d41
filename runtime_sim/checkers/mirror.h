// What the store has made durable, followed change by change from outside: the ground truth of the checkers. It reads
// the store's own history, not the API, so that a fault of the API server can't hide.
#pragma once

#include <map>
#include <vector>

#include "core/api/object.h"
#include "core/base/time.h"
#include "core/store/store.h"

namespace orrery::sim {

// One durable change. `before` is null for a new object, `after` for a deleted one.
struct Seen {
  std::string resource;   // "pods", "apps/deployments"
  Str key;                // "default/web"
  api::ObjectPtr before, after;
  uint64_t revision = 0;
  Instant at;
  bool replayed = false;  // found by comparing after the server had lost its memory: when it happened isn't known
};

class Mirror {
 public:
  using Objects = std::map<Str, api::ObjectPtr>;

  // Takes over what the store made durable since the last call: changes in order of revision.
  std::vector<Seen> follow(const store::Store& store, Instant now);
  // One change by hand, for tests.
  void apply(const Seen& seen);

  const Objects& all(std::string_view resource) const;
  // The object, or null.
  template <class T>
  const T* get(std::string_view resource, const Str& key) const {
    const Objects& objects = all(resource);
    auto it = objects.find(key);
    return it == objects.end() ? nullptr : it->second.template as<T>();
  }
  const std::map<std::string, Objects, std::less<>>& tables() const { return tables_; }
  uint64_t revision() const { return revision_; }

 private:
  std::map<std::string, Objects, std::less<>> tables_;
  std::map<std::string, uint64_t, std::less<>> seen_;  // by table: history was taken up to this revision
  uint64_t revision_ = 0;
};

}  // namespace orrery::sim
