#include "tests/unit/playground_world/opened.h"

#include <doctest/doctest.h>

#include <set>

#include "playground/viewmodel/editing.h"

using namespace orrery;
using namespace orrery::viewmodel;
using test::Opened;

namespace {

std::vector<std::string> names(const ClusterModel& model) {
  std::vector<std::string> out;
  for (const Pod& pod : model.pods) out.push_back(pod.name + " " + pod.uid + " " + pod.node + " " + pod.reason + " " + pod.ip);
  return out;
}

}  // namespace

TEST_CASE("time: the past is shown as it was, and goes on as it went on") {
  Opened o;
  const Nanos then = o.model.clock.now;
  const auto before = names(o.model);
  o.source->run_line(1, "kubectl delete pod " + o.model.pods[0].name);
  for (int i = 0; i < 40; ++i) o.look(0.5);
  o.source->run_line(2, "kubectl scale deployment web --replicas=5");
  for (int i = 0; i < 40; ++i) o.look(0.5);
  const Nanos later = o.model.clock.now;
  const auto after = names(o.model);
  REQUIRE(after.size() == 5);
  REQUIRE(after != before);

  o.source->go_to(then);
  o.model = {};
  o.source->refresh(o.model);
  CHECK(o.model.clock.now == then);
  CHECK(o.model.clock.end == later);
  CHECK(o.model.clock.past());
  CHECK(o.model.clock.paused);
  CHECK(names(o.model) == before);

  // A look doesn't change history; time going on repeats it.
  o.source->run_line(3, "kubectl get pods");
  o.source->set_paused(false);
  for (int i = 0; i < 80; ++i) o.look(0.5);
  CHECK(o.model.clock.branches == 0);
  CHECK(names(o.model) == after);
}

TEST_CASE("time: doing something in the past begins a branch, and the old one can be had again") {
  Opened o;
  const Nanos then = o.model.clock.now;
  o.source->run_line(1, "kubectl scale deployment web --replicas=5");
  for (int i = 0; i < 40; ++i) o.look(0.5);
  const auto five = names(o.model);
  REQUIRE(five.size() == 5);

  o.source->go_to(then);
  o.model = {};
  o.source->refresh(o.model);
  o.source->set_paused(false);
  o.source->run_line(2, "kubectl scale deployment web --replicas=1");
  for (int i = 0; i < 40; ++i) o.look(0.5);
  CHECK(o.model.pods.size() == 1);
  CHECK(o.model.clock.branches == 1);
  CHECK_FALSE(o.model.clock.past());

  o.source->open_branch(0);
  o.model = {};
  o.source->refresh(o.model);
  CHECK(names(o.model) == five);
  CHECK(o.model.clock.branches == 1);
}

TEST_CASE("time: branches are kept over a reload; those of another world are not taken") {
  Opened o;
  const Nanos then = o.model.clock.now;
  o.source->run_line(1, "kubectl scale deployment web --replicas=5");
  for (int i = 0; i < 40; ++i) o.look(0.5);
  const auto five = names(o.model);
  o.source->go_to(then);
  o.source->set_paused(false);
  o.source->run_line(2, "kubectl scale deployment web --replicas=1");
  for (int i = 0; i < 40; ++i) o.look(0.5);
  REQUIRE(o.source->branches().size() == 1);
  o.source->keep_file("note", "edited after the two parted");

  std::string error;
  auto again = app::open_recording(o.source->recording(), error);
  REQUIRE(again);
  again->keep_branches({o.source->branches()[0], "seed: 123456\nnodes: 1\nsteps: []\n", "nonsense"});
  CHECK(again->branches() == o.source->branches());
  again->skip(double(o.model.clock.now - then) / 1e9);
  viewmodel::ClusterModel model;
  again->open_branch(0);
  again->refresh(model);
  CHECK(names(model) == five);
  CHECK(model.clock.branches == 1);
}

TEST_CASE("time: a moment is the same from a checkpoint before it; in the past checkpoints of the old future go") {
  Opened o;
  o.source->run_line(1, "kubectl delete pod " + o.model.pods[0].name);
  const auto points = [&] { return dynamic_cast<app::SimulatedSource&>(*o.source).checkpoints().points().size(); };
  for (int i = 0; i < 200 && points() < 2; ++i) o.source->skip(600);
  REQUIRE(points() >= 2);
  o.look(0.5);
  const Nanos then = o.model.clock.now;
  const auto before = names(o.model);
  o.source->run_line(2, "kubectl scale deployment web --replicas=5");
  for (int i = 0; i < 40; ++i) o.look(0.5);
  const auto after = names(o.model);
  REQUIRE(after != before);
  const std::size_t kept = points();

  o.source->go_to(then);
  o.model = {};
  o.source->refresh(o.model);
  CHECK(names(o.model) == before);
  CHECK(points() == kept);
  o.source->set_paused(false);
  for (int i = 0; i < 40; ++i) o.look(0.5);
  CHECK(names(o.model) == after);

  o.source->go_to(o.model.clock.start);
  o.source->run_line(3, "kubectl scale deployment web --replicas=1");
  CHECK(points() == 0);
}

TEST_CASE("time: a manifest kept after a checkpoint is found when what applied it is replayed from there") {
  Opened o;
  const auto points = [&] { return dynamic_cast<app::SimulatedSource&>(*o.source).checkpoints().points().size(); };
  o.source->run_line(1, "kubectl delete pod " + o.model.pods[0].name);
  for (int i = 0; i < 200 && points() < 1; ++i) o.source->skip(600);
  REQUIRE(points() >= 1);
  o.look(0.5);
  int status = 0;
  std::string yaml = editable(o.run("kubectl get deployment web -o yaml", status));
  yaml.replace(yaml.find("replicas: 3"), 11, "replicas: 5");
  const std::string file = o.source->keep_file("deployment-web", yaml);
  o.run("kubectl replace -f " + file, status);
  REQUIRE(status == 0);
  for (int i = 0; i < 40; ++i) o.look(0.5);
  REQUIRE(o.model.pods.size() == 5);
  const Nanos then = o.model.clock.now;
  for (int i = 0; i < 10; ++i) o.look(0.5);
  o.source->go_to(then);
  o.model = {};
  o.source->refresh(o.model);
  CHECK(o.model.pods.size() == 5);
}

TEST_CASE("time: a command that still ran when time was turned back has ended") {
  Opened o;
  const Nanos then = o.model.clock.now;
  o.source->run_line(4, "kubectl get pods --watch");
  for (int i = 0; i < 4; ++i) o.look(0.5);
  o.source->go_to(then);
  bool ended = false;
  for (const ShellOutput& out : o.source->take_output()) ended |= out.run == 4 && out.finished;
  CHECK(ended);
}

TEST_CASE("time: what only looks is told from what acts") {
  CHECK(app::only_looks("kubectl get pods"));
  CHECK(app::only_looks("k -n kube-system describe pod x"));
  CHECK(app::only_looks("kubectl rollout status deploy web"));
  CHECK(app::only_looks("ls"));
  CHECK_FALSE(app::only_looks("kubectl delete pod x"));
  CHECK_FALSE(app::only_looks("kubectl rollout undo deploy web"));
}

TEST_CASE("time: a lesson's step is started over: the cluster is as it was then, and what was done since is no more to come") {
  Opened opened;
  lesson::LessonWorld& world = *opened.source->lesson_world();
  world.watch({"Pod", "Deployment", lesson::kFaultKind});
  opened.look(1);
  world.take_changes();
  const std::int64_t began = world.now_ns();
  const Nanos clock = opened.model.clock.now;
  const std::string first = opened.model.pods[0].name;
  int status = 0;
  opened.run("break stop scheduler", status);
  opened.run("kubectl delete deployment web", status);
  opened.look(60);
  CHECK(opened.model.pods.empty());
  world.take_changes();
  REQUIRE(opened.source->goes_back());
  opened.source->start_over(began);
  std::set<std::string> there;
  for (const lesson::Change& change : world.take_changes()) {
    const std::string name = change.object["metadata"]["name"];
    if (change.type == lesson::Change::Type::Deleted) there.erase(name);
    else there.insert(name);
  }
  CHECK(there.size() == 4);  // the Deployment and its pods, told at once; the fault has gone
  CHECK(there.count(first) == 1);
  opened.source->refresh(opened.model);
  CHECK(opened.model.clock.now - clock < kSecond);
  CHECK_FALSE(opened.model.clock.paused);
  CHECK_FALSE(opened.model.clock.past());
  opened.look(120);  // the old future would have deleted them by now
  CHECK(opened.settled());
  opened.run("kubectl delete pod " + first, status);
  CHECK(status == 0);
}

TEST_CASE("time: a step started over keeps what was done before it in the same breath") {
  Opened opened;
  lesson::LessonWorld& world = *opened.source->lesson_world();
  world.watch({"Pod", "Deployment"});
  opened.look(1);
  int status = 0;
  opened.run("kubectl scale deployment web --replicas=2", status);  // the end of one step
  REQUIRE(opened.source->goes_back());
  opened.source->skip(0.001);
  const std::int64_t began = world.now_ns();
  opened.run("kubectl scale deployment web --replicas=5", status);  // the next one's slip
  opened.look(30);
  CHECK(opened.model.pods.size() == 5);
  opened.source->start_over(began);
  opened.model = {};
  opened.look(60);
  CHECK(opened.model.pods.size() == 2);
}
