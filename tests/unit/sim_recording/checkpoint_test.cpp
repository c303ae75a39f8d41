#include <doctest/doctest.h>

#include <algorithm>

#include "core/base/text.h"
#include "runtime_sim/recording/checkpoints.h"
#include "runtime_sim/recording/recording.h"
#include "runtime_sim/swarm/plan.h"

using namespace orrery;
using namespace orrery::sim;

namespace {

// A world on its way through a recording.
struct Run {
  explicit Run(const Recording& r) : recording(r), world(std::make_unique<SimWorld>(r.world)), hands(std::make_unique<Hands>(*world)) {
    world->files().files() = r.files;
  }
  // Goes on from there in a copy of its own.
  Run(const Recording& r, const SimWorld& from, const Hands::Sessions& typed, size_t next)
      : recording(r), world(from.copy()), hands(std::make_unique<Hands>(*world, typed)), next(next) {}

  void to(Instant t) { next = replay(*world, *hands, recording.inputs, next, t); }
  Run copy() const { return Run(recording, *world, hands->sessions(), next); }

  const Recording& recording;
  std::unique_ptr<SimWorld> world;
  std::unique_ptr<Hands> hands;
  size_t next = 0;
};

Instant end_of(const Plan& plan) { return plan.healed_at + seconds(60); }

}  // namespace

TEST_CASE("copies: a world goes on in a copy as it would have by itself, whatever was under way") {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    const Plan plan = draw_plan(seed);
    const Instant end = end_of(plan);
    Run whole(plan.recording);
    whole.to(end);
    Run copied(plan.recording);
    for (int64_t part = 1; part <= 7; ++part) {
      copied.to(Instant{end.ns / 8 * part});
      Run other = copied.copy();
      if (part % 2) std::swap(copied.world, other.world), std::swap(copied.hands, other.hands);
      if (part != 4) continue;
      other.to(end);  // both go on
      CHECK(other.world->fingerprint() == whole.world->fingerprint());
    }
    copied.to(end);
    CHECK(copied.world->fingerprint() == whole.world->fingerprint());
    CHECK(copied.world->trace().last_id() == whole.world->trace().last_id());
    CHECK(copied.world->control_plane().api().store().revision() == whole.world->control_plane().api().store().revision());
  }
}

TEST_CASE("copies: what is done to one is not done to the other") {
  const Plan plan = draw_plan(3);
  Run a(plan.recording);
  a.to(Instant{} + seconds(30));
  Run b = a.copy();
  REQUIRE(b.world->fingerprint() == a.world->fingerprint());
  b.hands->type(9999, "kubectl create namespace elsewhere");
  b.to(Instant{} + seconds(40));
  a.to(Instant{} + seconds(40));
  CHECK(b.world->fingerprint() != a.world->fingerprint());
  Run whole(plan.recording);
  whole.to(Instant{} + seconds(40));
  CHECK(a.world->fingerprint() == whole.world->fingerprint());
}

TEST_CASE("checkpoints: a plan replayed from one in its middle ends as it did from its start") {
  for (uint64_t seed = 21; seed <= 24; ++seed) {
    CAPTURE(seed);
    const Plan plan = draw_plan(seed);
    const Instant end = end_of(plan);
    CheckpointLimits limits;
    limits.tasks = 500;
    limits.bytes_a_task = 1 << 20;
    Checkpoints checkpoints(limits);
    Run run(plan.recording);
    while (run.world->loop().now() < end) {
      run.to(std::min(run.world->loop().now() + millis(500), end));
      checkpoints.offer(*run.world, run.next, run.hands->sessions());
    }
    REQUIRE(checkpoints.points().size() > 3);
    Run whole(plan.recording);
    whole.to(end);
    CHECK(run.world->fingerprint() == whole.world->fingerprint());  // being copied changes nothing
    for (int64_t part : {1, 2, 3}) {
      const Checkpoints::Point* point = checkpoints.before(Instant{end.ns / 4 * part});
      REQUIRE(point);
      CHECK(point->at < Instant{end.ns / 4 * part});
      Run again(plan.recording, *point->world, point->typed, point->next);
      again.to(end);
      CHECK(again.world->fingerprint() == whole.world->fingerprint());
    }
  }
}

TEST_CASE("checkpoints: their number and size are bounded, and they lie closer the newer they are") {
  Recording r;
  r.world.node_count = 3;
  CheckpointLimits limits;
  limits.tasks = 300;
  limits.count = 8;
  limits.bytes_a_task = 1 << 20;
  Checkpoints checkpoints(limits);
  Run run(r);
  for (int i = 0; i < 2400; ++i) {
    run.to(run.world->loop().now() + seconds(1));
    checkpoints.offer(*run.world, run.next, run.hands->sessions());
    REQUIRE(checkpoints.points().size() <= limits.count);
  }
  const auto& points = checkpoints.points();
  REQUIRE(points.size() == limits.count);
  const uint64_t oldest = points[1].work - points[0].work, newest = points[7].work - points[6].work;
  CHECK(newest < oldest);
  CHECK(points.back().at > Instant{} + seconds(2200));
  CHECK(checkpoints.before(points[3].at) == &points[2]);
  CHECK(checkpoints.before(points[3].at + nanos(1)) == &points[3]);
  CHECK(checkpoints.before(Instant{}) == nullptr);
  const Instant fourth = points[3].at;
  checkpoints.forget_from(fourth);
  CHECK(checkpoints.points().size() == 3);

  CheckpointLimits small = limits;
  small.bytes = run.world->copy_bytes() * 3;
  Checkpoints few(small);
  for (int i = 0; i < 600; ++i) {
    run.to(run.world->loop().now() + seconds(1));
    few.offer(*run.world, run.next, run.hands->sessions());
    REQUIRE(few.bytes() <= small.bytes);
  }
  CHECK(few.points().size() >= 2);
  small.bytes = run.world->copy_bytes() / 2;
  Checkpoints none(small);
  none.offer(*run.world, run.next, run.hands->sessions());
  CHECK(none.points().empty());  // not even one has room
}

TEST_CASE("checkpoints: a command that only looks ends in the copy, one of the recording goes on") {
  Recording r;
  r.inputs = {{Instant{} + seconds(2), Input::Kind::Type, "kubectl create deployment web --image=nginx", 1},
              {Instant{} + seconds(3), Input::Kind::Type, "kubectl get pods --watch", 2}};
  Run run(r);
  run.to(Instant{} + seconds(20));
  run.world->kubectl().run({"get", "nodes", "--watch"}, "", {});
  run.to(Instant{} + seconds(30));
  REQUIRE(run.world->kubectl().sessions().size() == 2);
  CheckpointLimits limits;
  limits.tasks = 1;
  limits.bytes_a_task = 1 << 30;
  Checkpoints checkpoints(limits);
  checkpoints.offer(*run.world, run.next, run.hands->sessions());
  REQUIRE(checkpoints.points().size() == 1);
  const Checkpoints::Point& point = checkpoints.points()[0];
  CHECK(point.world->kubectl().sessions().size() == 1);
  Run again(r, *point.world, point.typed, point.next);
  again.hands->interrupt(2);
  CHECK(again.world->kubectl().sessions().empty());
  CHECK(run.world->kubectl().sessions().size() == 2);
}
