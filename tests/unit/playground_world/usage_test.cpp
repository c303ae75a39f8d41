// What the simulated cluster's metrics.k8s.io says, as the page takes it.
#include <doctest/doctest.h>

#include <algorithm>

#include "playground/app/world/simulated_source.h"

using namespace orrery;
using namespace orrery::viewmodel;

namespace {

constexpr const char* kWebAndWaiting = R"(apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - {name: web, image: nginx}
    - {name: side, image: busybox, command: [sleep, infinity]}
---
apiVersion: v1
kind: Pod
metadata: {name: waits}
spec:
  nodeSelector: {disk: none}
  containers: [{name: web, image: nginx}]
)";
const ObjectRef kWeb = {"Pod", "default", "web"};

struct World {
  World() {
    lesson::WorldSpec spec;
    spec.seed = 7;
    spec.manifests = kWebAndWaiting;
    source = app::open_simulated(spec);
    source->skip(60);
    source->refresh(model);
  }
  std::vector<UsageReply> ask(const ObjectRef& ref) {
    source->request_usage(ref);
    source->skip(0.1);
    return source->take_usage();
  }
  int run(const std::string& line) {
    source->run_line(9, line);
    source->skip(20);
    int status = -1;
    for (const ShellOutput& output : source->take_output())
      if (output.finished && output.run == 9) status = output.exit_status;
    return status;
  }
  std::unique_ptr<app::PageSource> source;
  ClusterModel model;
};

const UsagePoint* point(const std::vector<UsageReply>& replies, const ObjectRef& ref) {
  for (const UsageReply& reply : replies)
    for (const auto& one : reply.points)
      if (one.first == ref) return &one.second;
  return nullptr;
}

}  // namespace

TEST_CASE("SimulatedSource: usage of every pod that runs and of every node, in two answers") {
  World w;
  const std::vector<UsageReply> all = w.ask({});
  REQUIRE(all.size() == 2);
  for (const UsageReply& reply : all) CHECK(reply.answer == UsageAnswer::Measured);
  const UsagePoint* web = point(all, kWeb);
  REQUIRE(web != nullptr);
  CHECK(web->memory > 0);
  CHECK(web->at > w.model.clock.now - 2 * kUsagePeriod);
  CHECK(web->at <= w.model.clock.now + kSecond);
  CHECK(point(all, {"Node", "", w.model.nodes.at(0).name}) != nullptr);
  CHECK(point(all, {"Pod", "default", "waits"}) == nullptr);
}

TEST_CASE("SimulatedSource: usage of one object, and none of one that is not measured") {
  World w;
  const std::vector<UsageReply> all = w.ask({}), one = w.ask(kWeb), node = w.ask({"Node", "", w.model.nodes.at(0).name}), waits = w.ask({"Pod", "default", "waits"});
  REQUIRE(one.size() == 1);
  CHECK(one[0].asked == kWeb);
  REQUIRE(point(one, kWeb) != nullptr);
  CHECK(*point(one, kWeb) == *point(all, kWeb));
  REQUIRE(node.size() == 1);
  CHECK(node[0].points.size() == 1);
  REQUIRE(waits.size() == 1);
  CHECK(waits[0].answer == UsageAnswer::Measured);
  CHECK(waits[0].points.empty());
}

TEST_CASE("SimulatedSource: without metrics-server the API refuses in words") {
  World w;
  REQUIRE(w.run("break stop metrics-server") == 0);
  const std::vector<UsageReply> replies = w.ask(kWeb);
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].answer == UsageAnswer::Refused);
  CHECK(replies[0].error.find("unable to handle the request") != std::string::npos);
}

TEST_CASE("SimulatedSource: each of the two answers about everything says what was asked for") {
  World w;
  REQUIRE(w.run("break stop metrics-server") == 0);
  UsageHistory history;
  for (const UsageReply& reply : w.ask({})) history.observe(reply);
  const ObjectRef node = {"Node", "", w.model.nodes.at(0).name};
  CHECK(history.answer(node) == UsageAnswer::Refused);
  CHECK(history.answer(kWeb) == UsageAnswer::Refused);
  CHECK(history.error(node) == "the server is currently unable to handle the request (get nodes.metrics.k8s.io)");
  CHECK(history.error(kWeb) == "the server is currently unable to handle the request (get pods.metrics.k8s.io)");
}

TEST_CASE("SimulatedSource: usage is answered while time stands") {
  World w;
  w.source->set_paused(true);
  w.source->request_usage(kWeb);
  for (int i = 0; i < 100; ++i) w.source->advance(0.02, false);
  REQUIRE(w.source->take_usage().size() == 1);
  const double quiet = w.source->quiet_for();
  CHECK(quiet > 1e6);
}
