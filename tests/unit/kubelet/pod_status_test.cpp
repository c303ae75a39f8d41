// Phases and conditions: Kubernetes documentation, "Pod Lifecycle"; pkg/kubelet/kubelet_pods.go getPhase.
#include "core/kubelet/pod_status.h"

#include <doctest/doctest.h>

using namespace orrery;
using kubelet::PodState;
namespace v1 = api::core_v1;

namespace {

PodState pod_with(const char* policy, std::initializer_list<const char*> names) {
  v1::Pod pod;
  pod.metadata.name = "web";
  pod.spec.restartPolicy = policy;
  for (const char* name : names) {
    v1::Container c;
    c.name = name;
    pod.spec.containers.push_back(c);
  }
  PodState s;
  s.pod = std::make_shared<const v1::Pod>(pod);
  return s;
}

void run(PodState& s, const char* name, ports::ContainerState state, int code = 0, uint32_t attempt = 0) {
  ports::ContainerStatus c;
  c.id = cat(name, attempt);
  c.name = name;
  c.attempt = attempt;
  c.state = state;
  c.exit_code = code;
  s.observed.containers.push_back(c);
  if (state != ports::ContainerState::Running) return;
  s.containers[name].current_id = c.id;
  s.containers[name].started = s.containers[name].ready = true;
}

v1::PodStatus status(const PodState& s) { return kubelet::compute_status(s, {"sim", "10.0.0.1"}, WallTime{0}); }

Str condition(const v1::PodStatus& s, std::string_view type, bool message = false) {
  for (const v1::PodCondition& c : s.conditions)
    if (c.type == type) return message ? c.message : c.status;
  return "";
}

}  // namespace

TEST_CASE("PodStatus: Pending until every container has started once") {
  PodState s = pod_with("Always", {"a", "b"});
  run(s, "a", ports::ContainerState::Running);
  CHECK(status(s).phase == "Pending");
  CHECK(condition(status(s), "Ready", true) == "containers with unready status: [b]");
  run(s, "b", ports::ContainerState::Running);
  CHECK(status(s).phase == "Running");
  CHECK(condition(status(s), "Ready") == "True");
}

TEST_CASE("PodStatus: Succeeded and Failed follow the restart policy") {
  PodState never = pod_with("Never", {"a"});
  run(never, "a", ports::ContainerState::Exited, 0);
  CHECK(status(never).phase == "Succeeded");
  PodState failed = pod_with("Never", {"a"});
  run(failed, "a", ports::ContainerState::Exited, 1);
  CHECK(status(failed).phase == "Failed");
  PodState always = pod_with("Always", {"a"});
  run(always, "a", ports::ContainerState::Exited, 1);
  CHECK(status(always).phase == "Running");
  PodState retry = pod_with("OnFailure", {"a"});
  run(retry, "a", ports::ContainerState::Exited, 1);
  CHECK(status(retry).phase == "Running");
}

TEST_CASE("PodStatus: a crash loop shows the wait, and the last exit beside it") {
  PodState s = pod_with("Always", {"a"});
  run(s, "a", ports::ContainerState::Exited, 3);
  s.containers["a"].waiting_reason = "CrashLoopBackOff";
  v1::PodStatus out = status(s);
  REQUIRE(out.containerStatuses[0].state.waiting);
  CHECK(out.containerStatuses[0].state.waiting->reason == "CrashLoopBackOff");
  REQUIRE(out.containerStatuses[0].lastState.terminated);
  CHECK(out.containerStatuses[0].lastState.terminated->exitCode == 3);
}

TEST_CASE("PodStatus: init containers come first") {
  v1::Pod pod;
  pod.spec.restartPolicy = "Always";
  v1::Container c;
  c.name = "setup";
  pod.spec.initContainers.push_back(c);
  c.name = "app";
  pod.spec.containers.push_back(c);
  PodState s;
  s.pod = std::make_shared<const v1::Pod>(pod);
  run(s, "setup", ports::ContainerState::Running);
  v1::PodStatus out = status(s);
  CHECK(out.phase == "Pending");
  CHECK(condition(out, "Initialized", true) == "containers with incomplete status: [setup]");
  CHECK(out.containerStatuses[0].state.waiting->reason == "PodInitializing");
}

TEST_CASE("PodStatus: a restarted container counts its attempts") {
  PodState s = pod_with("Always", {"a"});
  run(s, "a", ports::ContainerState::Exited, 1, 1);
  run(s, "a", ports::ContainerState::Running, 0, 2);
  CHECK(status(s).containerStatuses[0].restartCount == 2);
  CHECK(status(s).containerStatuses[0].lastState.terminated->exitCode == 1);
}
