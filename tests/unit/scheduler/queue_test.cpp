#include <doctest/doctest.h>

#include "core/scheduler/queue.h"
#include "core/scheduler/rule.h"
#include "tests/unit/scheduler/make.h"

using namespace orrery;
using namespace orrery::scheduler;
using namespace orrery::test;

namespace {

std::shared_ptr<const PodInfo> of(const char* name, int32_t priority = 0) {
  Pod p = pod(name);
  p.spec.priority = priority;
  return info(p);
}
Instant at(int64_t ms) { return Instant{ms * 1'000'000}; }
Key key(const char* name) { return {"default", name}; }

}  // namespace

TEST_CASE("SchedulingQueue: by priority, then by age") {
  SchedulingQueue q;
  q.add(of("a"), at(0));
  q.add(of("b", 10), at(1));
  q.add(of("c", 10), at(1));
  std::string order;
  while (auto p = q.take()) order += p->info->pod->metadata.name.str();
  CHECK(order == "bca");
}

TEST_CASE("SchedulingQueue: refused pods wait for something that may help, then for their back-off") {
  SchedulingQueue q;
  q.add(of("a"), at(0));
  q.take();
  q.refused(key("a"), kCpu, at(0));
  CHECK(q.unschedulable() == 1);
  q.happened(Happening::PodAdded, at(100));  // doesn't free cpu
  CHECK(q.unschedulable() == 1);
  q.happened(Happening::PodRemoved, at(200));
  CHECK(q.backing_off() == 1);
  CHECK(q.advance(at(999)) == at(1000));
  CHECK(q.active() == 0);
  q.advance(at(1000));
  CHECK(q.active() == 1);
}

TEST_CASE("SchedulingQueue: back-off grows from 1 s to 10 s") {
  SchedulingQueue q;
  q.add(of("a"), at(0));
  int64_t now = 0;
  for (int64_t expected : {1000, 2000, 4000, 8000, 10000, 10000}) {
    REQUIRE(q.take().has_value());
    q.failed(key("a"), at(now));
    CHECK(q.advance(at(now)) == at(now + expected));
    now += expected;
    q.advance(at(now));
  }
}

TEST_CASE("SchedulingQueue: an unschedulable pod is tried again after five minutes whatever happens") {
  SchedulingQueue q;
  q.add(of("a"), at(0));
  q.take();
  q.refused(key("a"), kAffinity, at(0));
  CHECK(q.advance(at(1)) == at(300'000));
  q.advance(at(300'000));
  CHECK(q.active() == 1);
}

TEST_CASE("SchedulingQueue: without any node, the first one wakes all") {
  SchedulingQueue q;
  q.add(of("a"), at(0));
  q.take();
  q.refused(key("a"), 0, at(0));
  q.happened(Happening::NodeUpdated, at(2000));
  CHECK(q.active() == 0);
  q.happened(Happening::NodeAdded, at(2000));
  CHECK(q.active() == 1);
}

TEST_CASE("SchedulingQueue: removed pods are forgotten wherever they wait") {
  SchedulingQueue q;
  for (const char* name : {"a", "b", "c"}) q.add(of(name), at(0));
  q.take();
  q.refused(key("a"), kCpu, at(0));
  q.take();
  q.failed(key("b"), at(0));
  for (const char* name : {"a", "b", "c"}) q.remove(key(name));
  CHECK(q.active() + q.backing_off() + q.unschedulable() == 0);
  CHECK_FALSE(q.take().has_value());
  CHECK_FALSE(q.advance(at(1'000'000)).has_value());
}
