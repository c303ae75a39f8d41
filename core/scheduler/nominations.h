// Waiting pods for whom others were evicted, and where. Until they are bound, their room counts as taken for pods that
// are not more important (upstream's nominator).
#pragma once

#include <map>
#include <memory>

#include "core/scheduler/cluster.h"

namespace orrery::scheduler {

struct Nomination {
  std::shared_ptr<const PodInfo> pod;
  Str node;
};

class Nominations {
 public:
  const std::map<Key, Nomination>& all() const { return all_; }
  // "" when it has none.
  Str node_of(const Key& key) const;
  void set(const Key& key, Nomination nomination);
  void remove(const Key& key);
  // While `pod` is decided: counts the pods in whose room it must not be; what to release() afterwards.
  std::vector<Key> reserve(const PodInfo& pod, Cluster& cluster) const;

  // See Cluster::moment().
  uint64_t position() const { return undo_.end(); }
  bool reaches(uint64_t position) const { return undo_.reaches(position); }
  void forget_before(uint64_t position) { undo_.forget_before(position); }
  void go_back(uint64_t position);

 private:
  struct Undo {
    Key key;
    Nomination before;  // pod null: there was none
  };
  std::map<Key, Nomination> all_;
  UndoLog<Undo> undo_;
};

}  // namespace orrery::scheduler
