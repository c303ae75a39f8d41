// SchedulingQueue: pods that wait for a node, as kube-scheduler keeps them. Active ones are taken by priority, then age;
// refused ones back off 1 s doubled up to 10 s; those that no node takes lie in the unschedulable pool until something
// happens that may help them.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "core/base/time.h"
#include "core/scheduler/cluster.h"

namespace orrery::scheduler {

// What may help a refused pod. ClaimChanged and ClaimFreed (a pod that used it is gone) help the pods that use the claim.
enum class Happening : uint8_t { NodeAdded, NodeUpdated, PodAdded, PodRemoved, PodUpdated, StorageChanged, ClaimChanged, ClaimFreed };

struct QueuedPod {
  std::shared_ptr<const PodInfo> info;
  Instant since;              // entered the queue
  uint64_t order = 0;         // ties
  int attempts = 0;
  Instant backoff_until;
  uint32_t refused_by = 0;    // Why bits of the last attempt
};

class SchedulingQueue {
 public:
  static constexpr Duration kBackoffMin = seconds(1);
  static constexpr Duration kBackoffMax = seconds(10);
  static constexpr Duration kUnschedulableMax = minutes(5);  // then it is tried again whatever happens

  void add(std::shared_ptr<const PodInfo> pod, Instant now);
  // Spec or labels changed: what is known of its refusals no longer counts.
  void update(std::shared_ptr<const PodInfo> pod, Instant now);
  void remove(const Key& key);
  bool contains(const Key& key) const { return pods_.count(key) != 0; }

  // The next pod; it stays known until remove() or one of the two below.
  std::optional<QueuedPod> take();
  void refused(const Key& key, uint32_t why, Instant now);   // no node took it
  void failed(const Key& key, Instant now);                  // an error: tried again after its back-off

  // Moves pods that may now fit: to active, or to back-off while that lasts.
  void happened(Happening what, Instant now) { happened(what, nullptr, now); }
  void happened(Happening what, const Key& claim, Instant now) { happened(what, &claim, now); }
  // Moves what waited long enough. The time of the next move, if any.
  std::optional<Instant> advance(Instant now);

  size_t active() const { return active_.size(); }
  size_t backing_off() const { return backoff_.size(); }
  size_t unschedulable() const { return unschedulable_.size(); }
  void clear() { *this = SchedulingQueue(); }

 private:
  struct Order {
    int32_t priority = 0;
    Instant since;
    uint64_t order = 0;
    Key key;
    friend bool operator<(const Order& a, const Order& b) {
      if (a.priority != b.priority) return a.priority > b.priority;
      if (a.since != b.since) return a.since < b.since;
      return a.order < b.order;
    }
  };
  void happened(Happening what, const Key* claim, Instant now);
  Order order_of(const QueuedPod& pod) const;
  void activate(const Key& key);
  void leave(const Key& key);
  void release(std::map<Key, Instant>::iterator it);
  static Duration backoff(int attempts);

  std::map<Key, QueuedPod> pods_;
  std::set<Order> active_;
  std::set<std::pair<int64_t, Key>> backoff_;        // until, key
  std::map<Key, Instant> unschedulable_;             // since
  std::set<std::pair<int64_t, Key>> unschedulable_by_time_;
  uint32_t refused_by_any_ = 0;                      // of those that are or were unschedulable
  uint64_t next_order_ = 1;
};

}  // namespace orrery::scheduler
