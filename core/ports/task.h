// Tasks: all that is asynchronous in core. A task is data - who, what kind, which number, a shared payload - never a
// closure, so that a world with its queue can be copied, replayed and printed.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/time.h"

namespace orrery::ports {

using TargetId = uint32_t;  // 0: nobody; tasks for nobody, or for a target that went away, are dropped

struct Task {
  Instant due;
  uint64_t seq = 0;   // given by the queue: ties of `due` run in this order
  TargetId target = 0;
  uint32_t kind = 0;  // the target's own enumeration
  uint64_t arg = 0;   // what the target chose: a token, an id
  std::shared_ptr<const void> payload;

  template <class T>
  const T& as() const {
    return *static_cast<const T*>(payload.get());
  }
};

class Target {
 public:
  virtual ~Target() = default;
  virtual void on_task(const Task& task) = 0;
};

// Where an answer goes: a task of that kind, with the token as its arg.
struct ReplyTo {
  TargetId target = 0;
  uint32_t kind = 0;
  uint64_t token = 0;
};

class TaskQueue {
 public:
  virtual ~TaskQueue() = default;
  virtual Instant now() const = 0;
  // Both return the task's sequence number, for cancel(). A time in the past means now.
  virtual uint64_t post_at(Instant due, TargetId target, uint32_t kind, uint64_t arg,
                           std::shared_ptr<const void> payload = nullptr) = 0;
  uint64_t post(TargetId target, uint32_t kind, uint64_t arg = 0, std::shared_ptr<const void> payload = nullptr) {
    return post_at(now(), target, kind, arg, std::move(payload));
  }
  uint64_t post_after(Duration wait, TargetId target, uint32_t kind, uint64_t arg = 0,
                      std::shared_ptr<const void> payload = nullptr) {
    return post_at(now() + wait, target, kind, arg, std::move(payload));
  }
  template <class T>
  uint64_t reply(const ReplyTo& to, T payload) {
    return post(to.target, to.kind, to.token, std::make_shared<const T>(std::move(payload)));
  }
  // True when the task was still waiting.
  virtual bool cancel(uint64_t seq) = 0;
  // Registers a component; ids count up from 1 in the order of registration, so wiring in the same order gives the
  // same ids. The target must outlive its registration.
  virtual TargetId attach(Target& target) = 0;
  // For a copy of a world: the targets attached next get ids from `id` on, as the original's have them. 0: as usual again.
  virtual void attach_from(TargetId id) = 0;
  virtual void detach(TargetId id) = 0;
};

}  // namespace orrery::ports
