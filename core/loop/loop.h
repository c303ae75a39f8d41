// The one single-threaded task queue: ordered by time, then by sequence. Both worlds run it. Natively an idle loop
// sleeps until next_due(); in simulation the driver advances the clock to it. Nothing else differs.
#pragma once

#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/base/hash.h"
#include "core/ports/task.h"

namespace orrery::loop {

// Something done when a turn ends: the store hands the turn's writes to the journal here.
class TurnEnd {
 public:
  virtual ~TurnEnd() = default;
  virtual void on_turn_end() = 0;
};

class Loop final : public ports::TaskQueue {
 public:
  Instant now() const override { return state_.now; }
  uint64_t post_at(Instant due, ports::TargetId target, uint32_t kind, uint64_t arg,
                   std::shared_ptr<const void> payload = nullptr) override;
  bool cancel(uint64_t seq) override;
  ports::TargetId attach(ports::Target& target) override;
  void detach(ports::TargetId id) override;
  void attach_from(ports::TargetId id) override { attach_as_ = id; }
  bool attached(ports::TargetId id) const { return id >= 1 && id <= targets_.size() && targets_[id - 1]; }
  // Hooks run at the end of each turn, in the order they were added.
  void at_turn_end(TurnEnd& hook);
  void remove_turn_end(TurnEnd& hook);

  // Moves the clock; never backwards.
  void advance_to(Instant t);
  // Runs the tasks that were ready at its start (due <= now), then the hooks. False when nothing was ready.
  bool run_turn();
  // When the next task is due; a time <= now() when one is ready already.
  std::optional<Instant> next_due() const;
  // Simulation: runs turns and jumps from due time to due time until nothing is due up to `until`, then sets the clock
  // there. Returns the number of tasks run. `max_tasks` bounds a slice of work (0: none).
  uint64_t run_until(Instant until, uint64_t max_tasks = 0);

  // What a copy of a world copies. Targets are attached anew in the same order.
  struct Key {
    int64_t due_ns;
    uint64_t seq;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct State {
    Instant now;
    uint64_t next_seq = 1;
    std::deque<ports::Task> ready;  // posted to run at once: in order, since neither time nor seq goes back
    // Posted for later, by seq; never walked. `order` is a heap of them, soonest first. Cancelled ones stay in it until
    // they come to its top, so that is always one that waits.
    std::unordered_map<uint64_t, ports::Task, NumberHash, std::equal_to<>> timers;
    std::vector<Key> order;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }
  // The same with the ids that targets of `other` have or had: none of them is given to another.
  void copy_from(const Loop& other);

 private:
  // Of the next task.
  std::optional<Key> next() const;
  ports::Task take_next();
  void drop_cancelled();

  State state_;
  ports::TargetId attach_as_ = 0;
  std::vector<ports::Target*> targets_;  // index = id - 1; null: detached
  std::vector<TurnEnd*> hooks_;
};

}  // namespace orrery::loop
