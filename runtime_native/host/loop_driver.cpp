#include "runtime_native/host/loop_driver.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace orrery::host {
namespace {

namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;

// Handlers run in a row before the loop gets its turn again.
constexpr int kHandlersMax = 64;

}  // namespace

LoopDriver::LoopDriver(asio::io_context& io, loop::Loop& loop)
    : io_(io),
      loop_(loop),
      epoch_(Steady::now() - std::chrono::nanoseconds(loop.now().ns)),
      alive_(std::make_shared<std::atomic<bool>>(true)) {}

LoopDriver::~LoopDriver() { *alive_ = false; }

Instant LoopDriver::real_now() const {
  return Instant{std::chrono::duration_cast<std::chrono::nanoseconds>(Steady::now() - epoch_).count()};
}

void LoopDriver::run() {
  auto work = asio::make_work_guard(io_);
  io_.restart();
  while (!stopping_.exchange(false)) {
    loop_.advance_to(real_now());
    bool ran = loop_.run_turn();
    int handlers = 0;
    while (handlers < kHandlersMax && io_.poll_one() > 0) ++handlers;
    if (ran || handlers > 0) continue;
    if (std::optional<Instant> due = loop_.next_due()) {
      io_.run_one_until(epoch_ + std::chrono::nanoseconds(due->ns));
    } else {
      io_.run_one();
    }
  }
}

void LoopDriver::stop() {
  stopping_ = true;
  asio::post(io_, [] {});  // ends a sleep
}

void LoopDriver::post_from_any_thread(ports::TargetId target, uint32_t kind, uint64_t arg,
                                      std::shared_ptr<const void> payload) {
  asio::post(io_, [&loop = loop_, alive = alive_, target, kind, arg, payload = std::move(payload)]() mutable {
    if (*alive) loop.post(target, kind, arg, std::move(payload));
  });
}

void LoopDriver::run_between_turns(std::function<void(loop::Loop&)> f) {
  asio::post(io_, [&loop = loop_, alive = alive_, f = std::move(f)] {
    if (*alive) f(loop);
  });
}

}  // namespace orrery::host
