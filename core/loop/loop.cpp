#include "core/loop/loop.h"

#include <algorithm>

#include "core/base/check.h"

namespace orrery::loop {

using ports::Target;
using ports::TargetId;
using ports::Task;

uint64_t Loop::post_at(Instant due, TargetId target, uint32_t kind, uint64_t arg, std::shared_ptr<const void> payload) {
  uint64_t seq = state_.next_seq++;
  if (due <= state_.now) {
    state_.ready.push_back(Task{state_.now, seq, target, kind, arg, std::move(payload)});
    return seq;
  }
  state_.timers.emplace(Key{due.ns, seq}, Task{due, seq, target, kind, arg, std::move(payload)});
  state_.due_of.emplace(seq, due.ns);
  return seq;
}

bool Loop::cancel(uint64_t seq) {
  auto timer = state_.due_of.find(seq);
  if (timer != state_.due_of.end()) {
    Key key{timer->second, seq};
    state_.due_of.erase(timer);
    return state_.timers.erase(key) > 0;
  }
  auto task = std::lower_bound(state_.ready.begin(), state_.ready.end(), seq,
                               [](const Task& t, uint64_t wanted) { return t.seq < wanted; });
  if (task == state_.ready.end() || task->seq != seq) return false;
  state_.ready.erase(task);
  return true;
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

const Task* Loop::next() const {
  const Task* timer = state_.timers.empty() ? nullptr : &state_.timers.begin()->second;
  if (state_.ready.empty()) return timer;
  const Task& ready = state_.ready.front();
  return timer && Key{timer->due.ns, timer->seq} < Key{ready.due.ns, ready.seq} ? timer : &ready;
}

Task Loop::take_next() {
  Task task;
  if (!state_.ready.empty() && next() == &state_.ready.front()) {
    task = std::move(state_.ready.front());
    state_.ready.pop_front();
    return task;
  }
  auto first = state_.timers.begin();
  task = std::move(first->second);
  state_.timers.erase(first);
  state_.due_of.erase(task.seq);
  return task;
}

bool Loop::run_turn() {
  uint64_t last_seq = state_.next_seq;  // tasks posted during this turn wait for the next one
  bool ran = false;
  for (const Task* first = next(); first; first = next()) {
    if (first->due > state_.now) break;
    // A timer set earlier sorts before what this turn posted, since that is due now; so the first newcomer ends the turn.
    if (first->seq >= last_seq) break;
    Task task = take_next();
    ran = true;
    Target* target = task.target >= 1 && task.target <= targets_.size() ? targets_[task.target - 1] : nullptr;
    if (target) target->on_task(task);
  }
  if (ran)
    for (size_t i = 0; i < hooks_.size(); ++i) hooks_[i]->on_turn_end();
  return ran;
}

std::optional<Instant> Loop::next_due() const {
  const Task* first = next();
  if (!first) return std::nullopt;
  return first->due;
}

uint64_t Loop::run_until(Instant until, uint64_t max_tasks) {
  uint64_t count = 0;
  auto queued = [this] { return state_.ready.size() + state_.timers.size(); };
  for (const Task* first = next(); first; first = next()) {
    if (first->due > until) break;
    advance_to(first->due);
    size_t before = queued();
    uint64_t posted = state_.next_seq;
    run_turn();
    count += before + (state_.next_seq - posted) - queued();
    if (max_tasks && count >= max_tasks) return count;
  }
  advance_to(until);
  return count;
}

}  // namespace orrery::loop
