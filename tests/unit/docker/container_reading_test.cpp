#include "runtime_native/docker/container_reading.h"

#include <doctest/doctest.h>

using namespace orrery;
using namespace orrery::docker;
using ports::ContainerState;
using Type = ports::RuntimeEvent::Type;

namespace {
ports::ContainerStatus with_state(Json state) {
  return container_status({{"Id", "abc"},
                           {"Created", "2026-11-22T10:00:00.5Z"},
                           {"State", std::move(state)},
                           {"Config", {{"Labels", {{"io.orrery.container", "app"}, {"io.orrery.attempt", "3"}}}}}});
}
std::string event(const char* action, const char* kind) {
  return dump_json(
      {{"Action", action},
       {"Actor",
        {{"ID", "abc"},
         {"Attributes",
          {{"io.orrery.kind", kind}, {"io.orrery.pod.uid", "u"}, {"io.orrery.pod.name", "web"}, {"exitCode", "1"}}}}}});
}
}  // namespace

TEST_CASE("container_status: states and reasons") {
  auto running = with_state(
      {{"Status", "running"}, {"StartedAt", "2026-11-22T10:00:01Z"}, {"FinishedAt", "0001-01-01T00:00:00Z"}});
  CHECK(running.state == ContainerState::Running);
  CHECK(running.attempt == 3);
  CHECK(running.name == "app");
  CHECK(running.started_at.is_set());
  CHECK(!running.finished_at.is_set());
  CHECK(with_state({{"Status", "created"}, {"ExitCode", 0}}).state == ContainerState::Created);
  CHECK(with_state({{"Status", "removing"}}).state == ContainerState::Unknown);
  CHECK(container_status(Json()).state == ContainerState::Unknown);

  auto done = with_state({{"Status", "exited"}, {"ExitCode", 0}, {"FinishedAt", "2026-11-22T10:00:02Z"}});
  CHECK(done.reason == "Completed");
  CHECK(done.finished_at.is_set());
  CHECK(with_state({{"Status", "exited"}, {"ExitCode", 4}}).reason == "Error");
  CHECK(with_state({{"Status", "exited"}, {"ExitCode", 137}, {"OOMKilled", true}}).reason == "OOMKilled");
  CHECK(with_state({{"Status", "exited"}, {"ExitCode", 0}, {"OOMKilled", true}}).reason == "Completed");

  auto never = with_state({{"Status", "created"}, {"ExitCode", 127}, {"Error", "no such file"}});
  CHECK(never.state == ContainerState::Exited);
  CHECK(never.reason == "StartError");
  CHECK(never.exit_code == 128);
  CHECK(never.message == "no such file");
  CHECK(never.finished_at == never.created_at);
}

TEST_CASE("read_event: what the kubelet is told, and what not") {
  CHECK(read_event(event("die", "container"))->type == Type::ContainerDied);
  CHECK(read_event(event("oom", "container"))->type == Type::ContainerOom);
  CHECK(read_event(event("destroy", "container"))->type == Type::ContainerRemoved);
  auto started = read_event(event("start", "container"));
  CHECK(started->type == Type::ContainerStarted);
  CHECK(started->container_id == "abc");
  CHECK(started->pod.uid == "u");
  CHECK(started->pod.name == "web");
  CHECK(read_event(event("die", "sandbox"))->type == Type::SandboxDied);
  CHECK(!read_event(event("start", "sandbox")));
  CHECK(!read_event(event("exec_create: sh", "container")));
  CHECK(!read_event(R"({"Action":"die","Actor":{"ID":"abc","Attributes":{}}})"));
  CHECK(!read_event("{broken"));
  CHECK(!read_event("[]"));
}

TEST_CASE("PodGroups: by uid, newest sandbox first, containers by name and attempt") {
  PodGroups groups;
  ports::PodRef a{"a", "ns", "one"}, b{"b", "ns", "two"};
  for (uint32_t attempt : {0u, 2u, 1u}) {
    ports::SandboxStatus s;
    s.pod = b;
    s.attempt = attempt;
    groups.add(s);
    ports::ContainerStatus c;
    c.name = attempt == 1 ? "x" : "y";
    c.attempt = attempt;
    groups.add(a, c);
  }
  auto pods = groups.take();
  REQUIRE(pods.size() == 2);
  CHECK(pods[0].pod.uid == "a");
  CHECK(pods[0].containers[0].name == "x");
  CHECK(pods[0].containers[2].attempt == 2);
  CHECK(pods[1].sandboxes[0].attempt == 2);
  CHECK(pods[1].sandboxes[2].attempt == 0);
}
