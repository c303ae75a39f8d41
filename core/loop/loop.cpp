#include "core/loop/loop.h"

#include <algorithm>

#include "core/base/check.h"

namespace orrery::loop {

using ports::Target;
using ports::TargetId;
using ports::Task;

namespace {

constexpr size_t kCancelledMax = 64;  // in the heap, beside as many as wait

bool later(const Loop::Key& a, const Loop::Key& b) { return b < a; }

}  // namespace

uint64_t Loop::post_at(Instant due, TargetId target, uint32_t kind, uint64_t arg, std::shared_ptr<const void> payload) {
  uint64_t seq = state_.next_seq++;
  if (due <= state_.now) {
    state_.ready.push_back(Task{state_.now, seq, target, kind, arg, std::move(payload)});
    return seq;
  }
  state_.timers.emplace(seq, Task{due, seq, target, kind, arg, std::move(payload)});
  state_.order.push_back(Key{due.ns, seq});
  std::push_heap(state_.order.begin(), state_.order.end(), later);  // total order
  return seq;
}

bool Loop::cancel(uint64_t seq) {
  if (state_.timers.erase(seq)) return drop_cancelled(), true;
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

// Cancelled timers at the top of the heap, and all of them when they are most of it.
void Loop::drop_cancelled() {
  std::vector<Key>& order = state_.order;
  const auto gone = [this](const Key& key) { return !state_.timers.count(key.seq); };
  if (order.size() > 2 * state_.timers.size() + kCancelledMax) {
    order.erase(std::remove_if(order.begin(), order.end(), gone), order.end());
    std::make_heap(order.begin(), order.end(), later);  // total order
  }
  while (!order.empty() && gone(order.front())) {
    std::pop_heap(order.begin(), order.end(), later);  // total order
    order.pop_back();
  }
}

std::optional<Loop::Key> Loop::next() const {
  std::optional<Key> first;
  if (!state_.order.empty()) first = state_.order.front();
  if (state_.ready.empty()) return first;
  const Key ready{state_.ready.front().due.ns, state_.ready.front().seq};
  return first && *first < ready ? first : ready;
}

// REQUIRES: there is one.
Task Loop::take_next() {
  Task task;
  if (!state_.ready.empty() && next()->seq == state_.ready.front().seq) {
    task = std::move(state_.ready.front());
    state_.ready.pop_front();
    return task;
  }
  auto first = state_.timers.find(state_.order.front().seq);
  task = std::move(first->second);
  state_.timers.erase(first);
  drop_cancelled();
  return task;
}

bool Loop::run_turn() {
  uint64_t last_seq = state_.next_seq;  // tasks posted during this turn wait for the next one
  bool ran = false;
  for (std::optional<Key> first = next(); first; first = next()) {
    if (first->due_ns > state_.now.ns) break;
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
  const std::optional<Key> first = next();
  if (!first) return std::nullopt;
  return Instant{first->due_ns};
}

uint64_t Loop::run_until(Instant until, uint64_t max_tasks) {
  uint64_t count = 0;
  auto queued = [this] { return state_.ready.size() + state_.timers.size(); };
  for (std::optional<Key> first = next(); first; first = next()) {
    if (first->due_ns > until.ns) break;
    advance_to(Instant{first->due_ns});
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
