#include <doctest/doctest.h>

#include "playground/viewmodel/motion.h"

using namespace orrery::viewmodel;

namespace {

Trace hop(std::uint64_t seq, std::uint64_t cause, const char* from, const char* to) {
  Trace t;
  t.seq = seq;
  t.cause = cause;
  t.from = from;
  t.to = to;
  return t;
}

void play(Motion& motion, double seconds) {
  for (double t = 0; t < seconds; t += 0.05) motion.advance(0.05);
}

}  // namespace

TEST_CASE("Motion: one causal chain at a time, each hop after its cause") {
  Motion motion;
  motion.observe({hop(1, 0, "kubectl", "apiserver"), hop(2, 0, "scheduler", "apiserver"), hop(3, 1, "apiserver", "etcd")});
  motion.advance(0.01);
  REQUIRE(motion.flying().size() == 1);
  CHECK(motion.current()->seq == 1);
  play(motion, Motion::kHopSeconds);
  motion.advance(0.01);
  REQUIRE(motion.flying().size() == 1);
  CHECK(motion.current()->seq == 3);  // the same chain first, though 2 is older
  play(motion, Motion::kHopSeconds + Motion::kRestSeconds + 0.1);
  REQUIRE(motion.current());
  CHECK(motion.current()->seq == 2);
  play(motion, 3);
  CHECK_FALSE(motion.moving());
}

TEST_CASE("Motion: a fan-out flies together") {
  Motion motion;
  motion.observe({hop(1, 0, "kubectl", "apiserver")});
  motion.advance(0.01);
  motion.observe({hop(2, 1, "apiserver", "a"), hop(3, 1, "apiserver", "b")});
  play(motion, Motion::kHopSeconds + 0.05);
  CHECK(motion.flying().size() == 2);
}

TEST_CASE("Motion: many waiting hops merge into counted streams") {
  Motion motion;
  std::vector<Trace> traces;
  for (std::uint64_t i = 1; i <= 60; ++i) traces.push_back(hop(i, 0, i % 2 ? "a" : "b", "apiserver"));
  motion.observe(traces);
  REQUIRE(motion.streams().size() == 2);
  CHECK(motion.streams()[0].count + motion.streams()[1].count == 60);
  play(motion, 5);
  CHECK_FALSE(motion.moving());
}

TEST_CASE("Motion: a fan-out of more than twelve becomes streams") {
  Motion motion;
  motion.observe({hop(1, 0, "kubectl", "apiserver")});
  motion.advance(0.01);
  std::vector<Trace> fan;
  for (std::uint64_t i = 2; i <= 21; ++i) fan.push_back(hop(i, 1, "apiserver", ("n" + std::to_string(i)).c_str()));
  motion.observe(fan);
  play(motion, Motion::kHopSeconds + 0.1);
  CHECK(motion.flying().empty());
  CHECK(motion.streams().size() == 20);
}

TEST_CASE("Motion: heartbeats never move, old records are not taken twice") {
  Motion motion;
  Trace beat = hop(1, 0, "kubelet/n", "apiserver");
  beat.heartbeat = true;
  motion.observe({beat});
  motion.advance(0.1);
  CHECK_FALSE(motion.moving());
  motion.observe({beat, hop(2, 1, "apiserver", "etcd")});
  play(motion, 5);
  motion.observe({hop(2, 1, "apiserver", "etcd")});
  motion.advance(0.1);
  CHECK_FALSE(motion.moving());
}
