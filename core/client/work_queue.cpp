#include "core/client/work_queue.h"

#include <memory>

#include "core/base/check.h"

namespace orrery::client {
WorkQueue::WorkQueue(ports::TaskQueue& queue, ports::ReplyTo ready)
    : queue_(&queue), ready_(ready), id_(queue.attach(*this)) {}

WorkQueue::~WorkQueue() {
  clear();
  queue_->detach(id_);
}

void WorkQueue::clear() {
  for (const auto& [key, delay] : state_.delayed) queue_->cancel(delay.seq);
  state_ = State{};
}

void WorkQueue::tell() {
  if (state_.told || state_.ready.empty()) return;
  state_.told = true;
  queue_->post(ready_.target, ready_.kind, ready_.token);
}

void WorkQueue::add(const Key& key) {
  if (!state_.dirty.insert(key).second) return;
  if (state_.working.count(key)) return;  // done() puts it back
  state_.ready.push_back(key);
  tell();
}

void WorkQueue::add_after(const Key& key, Duration wait) {
  if (wait.ns <= 0) return add(key);
  Instant due = queue_->now() + wait;
  auto [it, fresh] = state_.delayed.try_emplace(key);
  if (!fresh) {
    if (it->second.due <= due) return;
    queue_->cancel(it->second.seq);
  }
  it->second.due = due;
  it->second.seq = queue_->post_at(due, id_, 0, 0, std::make_shared<const Key>(key));
}

int WorkQueue::failures(const Key& key) const {
  auto it = state_.failures.find(key);
  return it == state_.failures.end() ? 0 : it->second;
}

void WorkQueue::add_rate_limited(const Key& key) {
  int failed = state_.failures[key]++;
  Duration wait = kRetryMin;
  for (int i = 0; i < failed && wait < kRetryMax; ++i) wait = wait * 2;
  add_after(key, wait < kRetryMax ? wait : kRetryMax);
}

std::optional<Key> WorkQueue::take() {
  state_.told = false;
  if (state_.ready.empty()) return std::nullopt;
  Key key = std::move(state_.ready.front());
  state_.ready.pop_front();
  state_.dirty.erase(key);
  state_.working.insert(key);
  return key;
}

void WorkQueue::done(const Key& key) {
  ORRERY_CHECK(state_.working.erase(key) == 1, "only keys that were taken are done");
  if (!state_.dirty.count(key)) return;
  state_.ready.push_back(key);
  tell();
}

void WorkQueue::on_task(const ports::Task& task) {
  const Key& key = task.as<Key>();
  auto it = state_.delayed.find(key);
  if (it == state_.delayed.end() || it->second.seq != task.seq) return;
  state_.delayed.erase(it);
  add(key);
}

}  // namespace orrery::client
