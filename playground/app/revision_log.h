// The last revisions of each object that the page's informers saw: shared snapshots, turned into text for one object at a
// time. Bounded for each object and in all.
#pragma once

#include <deque>
#include <map>
#include <tuple>

#include "core/client/informer.h"
#include "playground/viewmodel/cluster_model.h"

namespace orrery::app {

class RevisionLog final : public client::InformerHandler {
 public:
  static constexpr std::size_t kKept = 10;         // of one object, beside the present one
  static constexpr std::size_t kKeptInAll = 2000;  // the oldest go first

  void add(client::Informer& informer);

  // Oldest first, the present one last, or the last before it was deleted. A Secret's data is masked: `*** (1)`, another
  // number for each value that a key had.
  viewmodel::Revisions of(const viewmodel::ObjectRef& ref) const;
  // Grows with each change of that object.
  std::uint64_t version(const viewmodel::ObjectRef& ref) const;

  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before, const api::ObjectPtr& after) override;

 private:
  using Id = std::tuple<std::string, std::string, std::string>;  // kind, namespace, name
  struct Past {
    std::deque<std::pair<std::uint64_t, api::ObjectPtr>> objects;
    std::uint64_t changes = 0;
    bool deleted = false;  // the last of `objects` is the end
  };
  void drop_oldest();

  std::map<std::string, client::Informer*> informers_;  // by kind
  std::map<Id, Past> past_;
  std::deque<std::pair<std::uint64_t, Id>> order_;      // of everything kept, and of some that went already
  std::uint64_t next_ = 1;
};

}  // namespace orrery::app
