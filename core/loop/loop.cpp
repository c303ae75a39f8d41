#include "core/loop/loop.h"

#include <algorithm>

#include "core/base/check.h"

namespace orrery::loop {

using ports::Target;
using ports::TargetId;
using ports::Task;

uint64_t Loop::post_at(Instant due, TargetId target, uint32_t kind, uint64_t arg, std::shared_ptr<const void> payload) {
  if (due < state_.now) due = state_.now;
  uint64_t seq = state_.next_seq++;
  state_.queue.emplace(Key{due.ns, seq}, Task{due, seq, target, kind, arg, std::move(payload)});
  if (due > state_.now) state_.due_of.emplace(seq, due.ns);
  return seq;
}

bool Loop::cancel(uint64_t seq) {
  auto timer = state_.due_of.find(seq);
  if (timer != state_.due_of.end()) {
    Key key{timer->second, seq};
    state_.due_of.erase(timer);
    return state_.queue.erase(key) > 0;
  }
  // Posted to run at once: among the ready tasks, which are few.
  for (auto it = state_.queue.begin(); it != state_.queue.end() && it->first.due_ns <= state_.now.ns; ++it) {
    if (it->first.seq != seq) continue;
    state_.queue.erase(it);
    return true;
  }
  return false;
}

TargetId Loop::attach(Target& target) {
  if (attach_as_) {
    TargetId id = attach_as_++;
    if (targets_.size() < id) targets_.resize(id);
    ORRERY_CHECK(!targets_[id - 1], "a copy's parts have the originals' ids");
    targets_[id - 1] = &target;
    return id;
  }
  targets_.push_back(&target);
  return static_cast<TargetId>(targets_.size());
}

void Loop::detach(TargetId id) {
  ORRERY_CHECK(id >= 1 && id <= targets_.size(), "only attached targets are detached");
  targets_[id - 1] = nullptr;
}

void Loop::copy_from(const Loop& other) {
  state_ = other.state_;
  if (targets_.size() < other.targets_.size()) targets_.resize(other.targets_.size());
}

void Loop::at_turn_end(TurnEnd& hook) { hooks_.push_back(&hook); }

void Loop::remove_turn_end(TurnEnd& hook) {
  hooks_.erase(std::remove(hooks_.begin(), hooks_.end(), &hook), hooks_.end());
}

void Loop::advance_to(Instant t) {
  if (t > state_.now) state_.now = t;
}

bool Loop::run_turn() {
  uint64_t last_seq = state_.next_seq;  // tasks posted during this turn wait for the next one
  bool ran = false;
  while (!state_.queue.empty()) {
    auto first = state_.queue.begin();
    if (first->first.due_ns > state_.now.ns) break;
    // A timer set earlier sorts before what this turn posted, since that is due now; so the first newcomer ends the turn.
    if (first->first.seq >= last_seq) break;
    Task task = std::move(first->second);
    state_.queue.erase(first);
    state_.due_of.erase(task.seq);
    ran = true;
    Target* target = task.target >= 1 && task.target <= targets_.size() ? targets_[task.target - 1] : nullptr;
    if (target) target->on_task(task);
  }
  if (ran)
    for (size_t i = 0; i < hooks_.size(); ++i) hooks_[i]->on_turn_end();
  return ran;
}

std::optional<Instant> Loop::next_due() const {
  if (state_.queue.empty()) return std::nullopt;
  return Instant{state_.queue.begin()->first.due_ns};
}

uint64_t Loop::run_until(Instant until, uint64_t max_tasks) {
  uint64_t count = 0;
  while (!state_.queue.empty()) {
    int64_t due = state_.queue.begin()->first.due_ns;
    if (due > until.ns) break;
    advance_to(Instant{due});
    size_t queued = state_.queue.size();
    uint64_t posted = state_.next_seq;
    run_turn();
    count += queued + (state_.next_seq - posted) - state_.queue.size();
    if (max_tasks && count >= max_tasks) return count;
  }
  advance_to(until);
  return count;
}

}  // namespace orrery::loop
