// Runs core's loop and an Asio io_context on one thread, in real time.
//
// The thread runs a turn of the loop, lets Asio run what is ready, and when neither has anything sleeps until the
// loop's next due time or the next event of the io_context: an idle process does not wake.
//
// Between turns (in an Asio handler) the loop's now() may be as old as the last turn. So a handler only posts tasks
// that are due at once - post(), reply() - and leaves timers (post_after) to the task.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

#include "core/loop/loop.h"
#include "core/ports/task.h"

namespace boost::asio {
class io_context;
}

namespace orrery::host {

class LoopDriver {
 public:
  LoopDriver(boost::asio::io_context& io, loop::Loop& loop);
  ~LoopDriver();
  LoopDriver(const LoopDriver&) = delete;
  LoopDriver& operator=(const LoopDriver&) = delete;

  // Runs until stop(); may be called again after that. Loop time starts at the loop's present now().
  void run();
  // From any thread, also from a task.
  void stop();

  // Posts a task from any thread; tasks of one thread keep their order. Nothing is delivered after the driver is gone.
  void post_from_any_thread(ports::TargetId target, uint32_t kind, uint64_t arg,
                            std::shared_ptr<const void> payload = nullptr);
  // Runs `f` on the loop's thread between two turns: what it posts and changes is seen by the next turn as one.
  void run_between_turns(std::function<void(loop::Loop&)> f);

 private:
  Instant real_now() const;

  boost::asio::io_context& io_;
  loop::Loop& loop_;
  std::chrono::steady_clock::time_point epoch_;
  std::shared_ptr<std::atomic<bool>> alive_;
  std::atomic<bool> stopping_{false};
};

}  // namespace orrery::host
