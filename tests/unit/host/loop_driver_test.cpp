#include "runtime_native/host/loop_driver.h"

#include <doctest/doctest.h>
#include <time.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <vector>

using namespace orrery;

namespace {

enum Kind : uint32_t { kNote, kStop };

struct Recorder final : ports::Target {
  Recorder(loop::Loop& l, host::LoopDriver& d) : loop(l), driver(d), id(l.attach(*this)) {}
  void on_task(const ports::Task& task) override {
    if (task.kind == kStop) return driver.stop();
    seen.push_back(task.arg);
    at.push_back(loop.now());
  }
  loop::Loop& loop;
  host::LoopDriver& driver;
  ports::TargetId id;
  std::vector<uint64_t> seen;
  std::vector<Instant> at;
};

double thread_cpu_ms() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

}  // namespace

TEST_CASE("LoopDriver: timers come at their time and in order, and waiting costs nothing") {
  boost::asio::io_context io{1};
  loop::Loop loop;
  host::LoopDriver driver(io, loop);
  Recorder r(loop, driver);
  loop.post_after(millis(60), r.id, kNote, 2);
  loop.post_after(millis(30), r.id, kNote, 1);
  loop.post_after(millis(400), r.id, kStop);
  double before = thread_cpu_ms();
  driver.run();
  CHECK(thread_cpu_ms() - before < 20);
  CHECK(r.seen == std::vector<uint64_t>{1, 2});
  CHECK(r.at[0] >= Instant{30'000'000});
  CHECK(r.at[1] >= Instant{60'000'000});
}

TEST_CASE("LoopDriver: other threads' tasks wake it and keep their order") {
  boost::asio::io_context io{1};
  loop::Loop loop;
  host::LoopDriver driver(io, loop);
  Recorder r(loop, driver);
  std::thread other([&] {
    for (uint64_t i = 0; i < 1000; ++i) driver.post_from_any_thread(r.id, kNote, i);
    driver.post_from_any_thread(r.id, kStop, 0);
  });
  driver.run();
  other.join();
  REQUIRE(r.seen.size() == 1000);
  for (uint64_t i = 0; i < 1000; ++i) CHECK(r.seen[i] == i);
}

TEST_CASE("LoopDriver: a task posted by an Asio handler runs at the handler's time") {
  boost::asio::io_context io{1};
  loop::Loop loop;
  host::LoopDriver driver(io, loop);
  Recorder r(loop, driver);
  boost::asio::steady_timer timer(io, std::chrono::milliseconds(50));
  timer.async_wait([&](boost::system::error_code) {
    loop.post(r.id, kNote, 7);
    loop.post(r.id, kStop);
  });
  driver.run();
  CHECK(r.seen == std::vector<uint64_t>{7});
  CHECK(r.at[0] >= Instant{50'000'000});
}
