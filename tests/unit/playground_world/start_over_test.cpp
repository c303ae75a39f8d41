// A lesson's step is started over while nobody can ask the cluster.
#include <doctest/doctest.h>

#include <set>

#include "playground/app/world/simulated_source.h"
#include "tests/unit/playground_world/opened.h"

using namespace orrery;

namespace {

struct Rewound {
  Rewound() {
    lesson::WorldSpec spec;
    spec.seed = 7;
    spec.manifests = test::kThreeWebs;
    source = app::open_simulated(spec);
    source->skip(60);
  }
  void run(const std::string& line) {
    source->run_line(9, line);
    source->skip(1);
    source->take_output();
  }
  std::unique_ptr<app::PageSource> source;
};

}  // namespace

TEST_CASE("time: a step started over while the API server is down, twice, misses what has gone once it answers") {
  Rewound w;
  lesson::LessonWorld& world = *w.source->lesson_world();
  world.watch({"Pod", lesson::kFaultKind});
  w.source->skip(1);
  std::set<std::string> there;
  const auto hear = [&] {
    for (const lesson::Change& change : world.take_changes()) {
      if (change.kind != "Pod") continue;
      const std::string name = change.object["metadata"]["name"];
      if (change.type == lesson::Change::Type::Deleted) there.erase(name);
      else there.insert(name);
    }
  };
  hear();
  w.run("break stop apiserver");
  hear();
  w.source->skip(1);
  const std::int64_t began = world.now_ns();
  w.run("mend stop apiserver");
  w.run("kubectl scale deployment web --replicas=6");
  for (int second = 0; second < 30; ++second) w.source->skip(1), hear();
  CHECK(there.size() == 6);
  for (int turn = 0; turn < 2; ++turn) {
    w.source->start_over(began);
    CHECK_FALSE(world.answers());
    hear();
    w.source->skip(2);
    hear();
  }
  w.run("mend stop apiserver");
  for (int second = 0; second < 30; ++second) w.source->skip(1), hear();
  CHECK(world.answers());
  CHECK(there.size() == 3);
}
