// WorkQueue: keys to be worked on, each at most once at a time. As client-go's workqueue:
// - a key added several times before it is taken is taken once;
// - a key added while it is being worked on is taken again after done();
// - delayed adds, and per key a growing delay after failures.
// When there is something to take, the owner gets one task (`ready`) and then calls take() until it has enough; an owner
// that leaves keys behind calls take() again when it has room.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>

#include "core/client/key.h"
#include "core/ports/task.h"

namespace orrery::client {

class WorkQueue final : public ports::Target {
 public:
  // client-go's DefaultTypedControllerRateLimiter: 5 ms doubled up to 1000 s.
  static constexpr Duration kRetryMin = millis(5);
  static constexpr Duration kRetryMax = seconds(1000);

  WorkQueue(ports::TaskQueue& queue, ports::ReplyTo ready);
  ~WorkQueue() override;
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  void add(const Key& key);
  // Of several waits the earliest counts.
  void add_after(const Key& key, Duration wait);
  // After the delay that the key's failures so far have earned.
  void add_rate_limited(const Key& key);
  void forget(const Key& key) { state_.failures.erase(key); }
  int failures(const Key& key) const;

  // The next key, which is then being worked on until done().
  std::optional<Key> take();
  void done(const Key& key);
  bool working(const Key& key) const { return state_.working.count(key) != 0; }

  size_t waiting() const { return state_.ready.size(); }   // ready to be taken
  size_t delayed() const { return state_.delayed.size(); }
  bool idle() const { return state_.ready.empty() && state_.working.empty(); }

  // Forgets everything.
  void clear();

  void on_task(const ports::Task& task) override;

  struct Delay {
    Instant due;
    uint64_t seq = 0;  // of the timer's task
  };
  // What a copy of a world copies.
  struct State {
    std::deque<Key> ready;
    std::set<Key> dirty;    // in `ready`, or to be put there by done()
    std::set<Key> working;
    std::map<Key, Delay> delayed;
    std::map<Key, int> failures;
    bool told = false;      // a task is under way to the owner
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  void tell();

  ports::TaskQueue* queue_;
  ports::ReplyTo ready_;
  ports::TargetId id_;
  State state_;
};

}  // namespace orrery::client
