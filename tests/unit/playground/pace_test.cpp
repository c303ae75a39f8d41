#include <doctest/doctest.h>

#include "playground/viewmodel/pace.h"

using namespace orrery::viewmodel;

namespace {

Motion flying(const char* from, const char* to) {
  Motion motion;
  Trace trace;
  trace.seq = 1;
  trace.from = from;
  trace.to = to;
  motion.observe({trace});
  motion.advance(0.01);
  REQUIRE(motion.moving());
  return motion;
}

}  // namespace

TEST_CASE("Pace: time waits while the cluster's own work is on its way, not for traffic") {
  Pace pace;
  CHECK(pace.waits(flying("kubectl", "apiserver"), true, 0.1));
  CHECK_FALSE(pace.waits(flying("pod/a", "rules/node-1"), true, 0.1));
  CHECK_FALSE(pace.waits(flying("rules/node-1", "pod/b"), true, 0.1));
  CHECK_FALSE(pace.waits(flying("kubectl", "apiserver"), false, 0.1));
  Motion arrived = flying("kubectl", "apiserver");
  for (int i = 0; i < 40; ++i) arrived.advance(0.1);
  CHECK_FALSE(pace.waits(arrived, true, 0.1));
}

TEST_CASE("Pace: a cluster that never rests gets half of the time") {
  Pace pace;
  const Motion busy = flying("scheduler", "apiserver");
  double waited = 0, first = 0;
  for (double t = 0; t < 240; t += 0.1) {
    const bool waits = pace.waits(busy, true, 0.1);
    waited += waits ? 0.1 : 0;
    if (!waits && first == 0) first = t;
  }
  CHECK(first == doctest::Approx(Pace::kWaitMaxSeconds).epsilon(0.02));
  CHECK(waited / 240 == doctest::Approx(0.5).epsilon(0.1));
}
