#include <doctest/doctest.h>

#include "playground/app/saved_page.h"
#include "playground/app/world/simulated_source.h"

using namespace orrery;
using namespace orrery::app;

namespace {

// As a page of format 1 wrote it: must open for ever.
constexpr const char* kFormat1 = R"({"acts":[[31000000000,"o2","lesson.choose"],[32000000000,"next","lesson.next"]],"build":"0.1.0","format":1,)"
                                 R"("history":["kubectl get pods"],"lesson":"delete-one","lines":[["$","kubectl get pods"],["","NAME"],["!","oh"],["-","new cluster: A1"]],)"
                                 R"("now":33000000000,"paused":true,"recording":"name: recording\nseed: 7\nnodes: 3\nsteps: []\n",)"
                                 R"("selected":["Pod","default","web-1"],"speed":5.0,"view":"pod"})";

}  // namespace

TEST_CASE("saved_page: a page of format 1 reads as it was written") {
  const auto page = read_saved(kFormat1);
  REQUIRE(page);
  CHECK(page->lesson == "delete-one");
  REQUIRE(page->acts.size() == 2);
  CHECK(page->acts[1].at == 32000000000);
  CHECK(page->acts[1].action == "lesson.next");
  CHECK(page->lines.at(2).kind == viewmodel::TerminalLine::Kind::Error);
  CHECK(page->lines.at(3).kind == viewmodel::TerminalLine::Kind::Rule);
  CHECK(page->selected_name == "web-1");
  CHECK(page->speed == 5);
  CHECK(page->paused);
  CHECK(page->now == 33000000000);
  CHECK(saved_text(*page) == kFormat1);
  SavedPage studied = *page;
  studied.learning = R"({"asked":["A/before"],"format":1})";
  CHECK(read_saved(saved_text(studied))->learning == studied.learning);
}

TEST_CASE("saved_page: a recording by itself opens, anything else is refused in words") {
  CHECK(read_saved("seed: 7\nsteps: []\n")->recording == "seed: 7\nsteps: []\n");
  const auto why = [](const std::string& text) { return read_saved(text).error().message.str(); };
  CHECK(why("  \n") == "it is empty");
  CHECK(why("{}") == "it is no saved page and no recording");
  CHECK(why("{\"form") == "it is no saved page and no recording");
  CHECK(why(R"({"format":2,"recording":""})") == "it was saved by a newer Orrery (format 2, this one reads up to 1)");
  CHECK(why(R"({"format":"x"})") == "its format has no number");
  CHECK(why(R"({"format":1})") == "it is damaged");
  CHECK(why(R"({"format":1,"recording":"","acts":[1]})") == "it is damaged");
}

TEST_CASE("SimulatedSource: its recording, opened again and run to its end, is the same world") {
  lesson::WorldSpec spec;
  spec.seed = 9;
  auto first = open_simulated(spec);
  viewmodel::ClusterModel before, after;
  first->skip(2);
  first->run_line(1, "kubectl create deployment web --image=nginx --replicas=2");
  first->skip(8);
  first->run_line(2, "break noisy node-1 50");
  first->skip(3.25);
  first->refresh(before);
  std::string error;
  auto second = open_recording(first->recording(), error);
  REQUIRE(second);
  second->refresh(after);
  CHECK(after.clock.end == before.clock.now);
  CHECK(after.clock.past());
  second->skip(double(after.clock.end - after.clock.now) / 1e9);
  second->refresh(after);
  CHECK(after.clock.now == before.clock.now);
  CHECK_FALSE(after.clock.past());
  CHECK(before.pods.size() == 2);
  CHECK(after.pods == before.pods);
  CHECK(after.events == before.events);
  CHECK(after.faults == before.faults);
  CHECK(second->recording() == first->recording());
  CHECK(open_recording("steps: 3", error) == nullptr);
  CHECK(error == "a recording has a list of steps");
}
