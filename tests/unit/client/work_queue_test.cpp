#include <doctest/doctest.h>

#include "core/client/work_queue.h"
#include "core/loop/loop.h"

using namespace orrery;
using namespace orrery::client;

namespace {

struct Owner : ports::Target {
  loop::Loop loop;
  ports::TargetId id = loop.attach(*this);
  WorkQueue queue{loop, {id, 1, 0}};
  int told = 0;
  void on_task(const ports::Task&) override { ++told; }
  void run(Duration d = {}) { loop.run_until(loop.now() + d); }
};

const Key a{"default", "a"}, b{"default", "b"};

}  // namespace

TEST_CASE("WorkQueue: a key added twice is taken once, in order of adding") {
  Owner o;
  o.queue.add(a);
  o.queue.add(b);
  o.queue.add(a);
  o.run();
  CHECK(o.told == 1);
  CHECK(o.queue.take() == a);
  CHECK(o.queue.take() == b);
  CHECK_FALSE(o.queue.take().has_value());
}

TEST_CASE("WorkQueue: a key added while processing runs again") {
  Owner o;
  o.queue.add(a);
  CHECK(o.queue.take() == a);
  o.queue.add(a);
  CHECK_FALSE(o.queue.take().has_value());  // never twice at a time
  o.run();
  o.told = 0;
  o.queue.done(a);
  o.run();
  CHECK(o.told == 1);
  CHECK(o.queue.take() == a);
  o.queue.done(a);
  CHECK(o.queue.idle());
}

TEST_CASE("WorkQueue: of several delays the earliest counts") {
  Owner o;
  o.queue.add_after(a, seconds(10));
  o.queue.add_after(a, seconds(2));
  o.queue.add_after(a, seconds(5));
  o.run(millis(1999));
  CHECK(o.told == 0);
  o.run(millis(1));
  CHECK(o.told == 1);
  CHECK(o.queue.take() == a);
  o.queue.done(a);
  o.run(seconds(60));
  CHECK(o.told == 1);
}

TEST_CASE("WorkQueue: failures wait 5 ms, doubled up to 1000 s, until forgotten") {
  Owner o;
  int64_t expected_ms = 5;
  for (int i = 0; i < 20; ++i) {
    Instant before = o.loop.now();
    o.queue.add_rate_limited(a);
    REQUIRE(o.loop.next_due().has_value());
    CHECK((*o.loop.next_due() - before).ms() == expected_ms);
    o.run(millis(expected_ms));
    CHECK(o.queue.take() == a);
    o.queue.done(a);
    expected_ms = std::min<int64_t>(expected_ms * 2, 1'000'000);
  }
  CHECK(o.queue.failures(a) == 20);
  o.queue.forget(a);
  CHECK(o.queue.failures(a) == 0);
}

TEST_CASE("WorkQueue: clear forgets timers too") {
  Owner o;
  o.queue.add(a);
  o.queue.add_after(b, seconds(1));
  o.queue.clear();
  o.run(seconds(5));
  CHECK_FALSE(o.queue.take().has_value());
  o.queue.add(b);
  CHECK(o.queue.take() == b);
}
