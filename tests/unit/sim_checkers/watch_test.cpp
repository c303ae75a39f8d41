// The watch checker against a server of the test's own, which may lie.
#include <doctest/doctest.h>

#include "core/api/kinds.h"
#include "core/api/gen/core_v1.h"
#include "core/base/text.h"
#include "runtime_sim/checkers/watch_checker.h"
#include "runtime_sim/faults/fault.h"
#include "runtime_sim/swarm/plan.h"
#include "runtime_sim/swarm/swarm.h"
#include "runtime_sim/world/sim_world.h"

using namespace orrery;
using namespace orrery::sim;
using api::core_v1::ConfigMap;

namespace {

// Hands on what it is asked, and leaves out or repeats the n-th event of a watch.
class Liar final : public ports::ApiHandler, public ports::Target {
 public:
  Liar(ports::ApiHandler& real, ports::TaskQueue& queue) : real_(real), queue_(queue), id_(queue.attach(*this)) {}
  ~Liar() override { queue_.detach(id_); }
  uint64_t call(ports::ApiRequestPtr request, ports::ReplyTo reply) override {
    asker_ = reply;
    return real_.call(std::move(request), {id_, 1, 0});
  }
  void send(uint64_t call, Str frame) override { real_.send(call, std::move(frame)); }
  void cancel(uint64_t call) override { real_.cancel(call); }
  void consumed(uint64_t call, uint32_t amount) override { real_.consumed(call, amount); }
  void on_task(const ports::Task& task) override {
    ports::ApiReply reply = task.as<ports::ApiReply>();
    List<ports::WatchEvent> events;
    for (const ports::WatchEvent& e : reply.events) {
      bool counted = e.type != ports::WatchType::Bookmark;
      count_ += counted;
      if (counted && count_ == leave_out) continue;
      events.push_back(e);
      if (counted && count_ == repeat) events.push_back(e);
    }
    reply.events = std::move(events);
    queue_.reply(asker_, std::move(reply));
  }
  uint64_t leave_out = 0, repeat = 0;

 private:
  ports::ApiHandler& real_;
  ports::TaskQueue& queue_;
  ports::TargetId id_;
  ports::ReplyTo asker_;
  uint64_t count_ = 0;
};

}  // namespace

TEST_CASE("watches: every change once, in order") {
  WorldOptions options;
  options.node_count = 1;
  SimWorld world(options);
  world.run_for(seconds(2));
  Liar liar(world.api(), world.loop());
  std::string expected;
  SUBCASE("an honest server") {}
  SUBCASE("one that leaves a change out") {
    liar.leave_out = 8;
    expected = "the watch of configmaps never told of revision ";
  }
  SUBCASE("one that tells twice") {
    liar.repeat = 8;
    expected = "the watch of configmaps told of revision ";
  }
  WatchChecker checker(liar, world.loop(), api::kind<ConfigMap>());
  Mirror mirror;
  mirror.follow(world.control_plane().api().store(), world.loop().now());
  world.run_for(seconds(2));
  for (int i = 0; i < 8; ++i) {
    std::string error;
    world.kubectl().run(kubectl::split_line(cat("create configmap c", i), error), "", {});
    world.run_for(seconds(1));
    for (const Seen& seen : mirror.follow(world.control_plane().api().store(), world.loop().now())) checker.expect(seen);
    checker.compare();
  }
  checker.settle();
  CHECK(checker.events() >= 7);
  if (expected.empty()) {
    CHECK(checker.report().empty());
  } else {
    REQUIRE(!checker.report().empty());
    CHECK(starts_with(checker.report().front().what, expected));
  }
}

TEST_CASE("faults: what can't be carried out is said in words") {
  SimWorld world({});
  auto refusal = [&](const char* fault) {
    Result<void> r = begin_fault(world, fault);
    return r ? std::string() : r.error().message.str();
  };
  CHECK(refusal("flood") == "there is no fault \"flood\"");
  CHECK(refusal("loss node-1 apiserver") == "\"loss node-1 apiserver\" has too few words: a fault is written: loss A B PERCENT");
  CHECK(refusal("stop kubelet node-1") == "\"stop kubelet node-1\" has too many words: a fault is written: stop PART");
  CHECK(refusal("clock-skew node-1 soon") == "\"soon\" can't be read: a fault is written: clock-skew NODE DURATION");
  CHECK(refusal("loss node-1 apiserver 120") == "\"120\" is not a percentage from 0 to 100");
  CHECK(refusal("full-disk node-9") == "there is no node \"node-9\"");
  CHECK(refusal("kill default/web-") == "no container of a pod named default/web-... is running");
  CHECK(refusal("cut node-1 node-2") == "");
}

TEST_CASE("swarm: a plan is its seed's, and a run repeats to the bit") {
  const Plan a = draw_plan(7), b = draw_plan(7), c = draw_plan(8);
  CHECK(recording_text(a.recording) == recording_text(b.recording));
  CHECK(recording_text(a.recording) != recording_text(c.recording));
  const SwarmRun first = run_plan(a), again = run_plan(a);
  CHECK(first.fingerprint == again.fingerprint);
  CHECK(first.violations.empty());
  CHECK(first.changes > 100);
}

TEST_CASE("swarm: a run that never comes to an end is cut off and named") {
  const Plan plan = draw_plan(7);
  for (const SwarmLimits& limits : {SwarmLimits{50, 1'000'000}, SwarmLimits{1'000'000, 500}}) {
    const SwarmRun run = run_plan(plan, {}, limits);
    REQUIRE_FALSE(run.violations.empty());
    CHECK(run.violations.back().checker == "progress");
    CHECK(run.tasks < 20'000);
  }
}
