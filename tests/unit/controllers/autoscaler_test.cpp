// Numbers from Kubernetes' documentation, "Horizontal Pod Autoscaling".
#include <doctest/doctest.h>

#include "core/controllers/replica_calculator.h"
#include "core/controllers/scaling_rules.h"

using namespace orrery;
using namespace orrery::controllers;
using api::autoscaling_v2::HorizontalPodAutoscaler;
using api::autoscaling_v2::HPAScalingRules;
using api::core_v1::Pod;

namespace {

constexpr WallTime kNow{1'767'225'600'000'000'000};

PodPtr scaled_pod(const char* name, const char* phase = "Running", bool ready = true) {
  Pod p;
  p.metadata.name = name;
  p.status.phase = phase;
  p.status.startTime = kNow + Duration{} - minutes(30);
  auto& c = p.spec.containers.push_back({});
  c.name = "web";
  c.resources.requests.set("cpu", *Quantity::parse("200m"));
  auto& condition = p.status.conditions.push_back({});
  condition.type = "Ready";
  condition.status = ready ? "True" : "False";
  condition.lastTransitionTime = p.status.startTime + seconds(5);
  return std::make_shared<const Pod>(p);
}

CalculatorInput input(const Pods& pods, std::initializer_list<int64_t> used) {
  CalculatorInput in;
  in.current = static_cast<int32_t>(pods.size());
  in.resource = "cpu";
  in.pods = &pods;
  in.now = kNow;
  size_t i = 0;
  for (int64_t milli : used) in.metrics[pods[i++]->metadata.name] = {milli, kNow, minutes(1)};
  return in;
}

void policy(HPAScalingRules& rules, const char* type, int32_t value, int32_t period) {
  auto& p = rules.policies.push_back({});
  p.type = type;
  p.value = value;
  p.periodSeconds = period;
}

}  // namespace

TEST_CASE("replica calculator: twice the use wants twice the pods") {
  Pods pods{scaled_pod("a"), scaled_pod("b")};
  auto r = by_utilization(input(pods, {200, 200}), 50);
  REQUIRE(r.ok());
  CHECK(r->replicas == 4);
  CHECK(r->utilization == 100);
  CHECK(r->average == 200);
}

TEST_CASE("replica calculator: within a tenth of the target nothing changes") {
  Pods pods{scaled_pod("a"), scaled_pod("b")};
  CHECK(by_utilization(input(pods, {108, 108}), 50)->replicas == 2);
  CHECK(by_utilization(input(pods, {112, 112}), 50)->replicas == 3);
}

TEST_CASE("replica calculator: a pod without a sample dampens the change") {
  Pods pods{scaled_pod("a"), scaled_pod("b"), scaled_pod("c")};
  SUBCASE("it uses nothing when the target is exceeded") { CHECK(by_utilization(input(pods, {200, 200}), 50)->replicas == 4); }
  SUBCASE("it uses all that it asked for when it isn't") { CHECK(by_utilization(input(pods, {20, 20}), 50)->replicas == 3); }
}

TEST_CASE("replica calculator: a pending pod counts as using nothing while growing") {
  Pods pods{scaled_pod("a"), scaled_pod("b", "Pending", false)};
  CHECK(by_utilization(input(pods, {200}), 50)->replicas == 2);
}

TEST_CASE("replica calculator: what is missing is said in upstream's words") {
  Pods pods{scaled_pod("a")};
  CHECK(by_utilization(input(pods, {}), 50).error().message == "did not receive metrics for targeted pods (pods might be unready)");
  Pod bare = *pods[0];
  bare.spec.containers.mut(0).resources.requests.clear();
  Pods without{std::make_shared<const Pod>(bare)};
  CHECK(by_utilization(input(without, {10}), 50).error().message == "missing request for cpu in container web of Pod a");
  Pods none;
  CHECK(by_utilization(input(none, {}), 50).error().message == "no pods returned by selector while calculating replica count");
}

TEST_CASE("replica calculator: by average value, without requests") {
  Pods pods{scaled_pod("a"), scaled_pod("b")};
  CHECK(by_average(input(pods, {300, 500}), 100)->replicas == 8);
}

TEST_CASE("scaling rules: without a behavior at most twice the size or four, and down only after five minutes") {
  HorizontalPodAutoscaler hpa;
  ScalingMemory memory;
  Instant now = Instant{} + minutes(60);
  ScalingVerdict v = normalize(hpa, memory, {3, 100, 1, 50, now});
  CHECK(v.replicas == 6);
  CHECK(v.limited);
  CHECK(v.limited_reason == "ScaleUpLimit");
  v = normalize(hpa, memory, {6, 2, 1, 50, now + minutes(1)});
  CHECK(v.replicas == 12);  // the highest of the window
  CHECK(v.able_reason == "ScaleDownStabilized");
  v = normalize(hpa, memory, {6, 2, 1, 50, now + minutes(7)});
  CHECK(v.replicas == 2);
  CHECK(v.able_reason == "ReadyForNewScale");
  CHECK_FALSE(v.limited);
}

TEST_CASE("scaling rules: the limits of the autoscaler itself") {
  HorizontalPodAutoscaler hpa;
  ScalingMemory up, down;
  CHECK(normalize(hpa, up, {3, 9, 1, 5, Instant{}}).limited_reason == "TooManyReplicas");
  CHECK(normalize(hpa, down, {3, 1, 2, 5, Instant{} + minutes(60)}).limited_reason == "TooFewReplicas");
}

TEST_CASE("scaling rules: policies bound what a period may change, and the largest is taken unless Min is asked for") {
  HorizontalPodAutoscaler hpa;
  HPAScalingRules& down = hpa.spec.behavior.mut().scaleDown.mut();
  down.stabilizationWindowSeconds = 0;
  policy(down, "Pods", 4, 60);
  policy(down, "Percent", 10, 60);
  ScalingMemory memory;
  Instant now = Instant{} + minutes(60);
  // 80 pods: a tenth is 8. (The documentation's example.)
  CHECK(normalize(hpa, memory, {80, 10, 1, 100, now}).replicas == 72);
  note_resize(hpa, memory, {80, 72, 1, 100, now}, 72);
  // Within the same minute nothing more.
  CHECK(normalize(hpa, memory, {72, 10, 1, 100, now + seconds(15)}).replicas == 72);
  CHECK(normalize(hpa, memory, {72, 10, 1, 100, now + seconds(75)}).replicas == 64);
  down.selectPolicy = "Min";
  CHECK(normalize(hpa, memory, {64, 10, 1, 100, now + minutes(10)}).replicas == 60);
  down.selectPolicy = "Disabled";
  CHECK(normalize(hpa, memory, {64, 10, 1, 100, now + minutes(20)}).replicas == 64);
}

TEST_CASE("scaling rules: with a behavior a proposal of the past keeps the size, and never makes it grow") {
  HorizontalPodAutoscaler hpa;
  policy(hpa.spec.behavior.mut().scaleUp.mut(), "Pods", 1, 60);
  ScalingMemory memory;
  Instant now = Instant{} + minutes(60);
  CHECK(normalize(hpa, memory, {3, 10, 1, 50, now}).replicas == 4);
  note_resize(hpa, memory, {3, 10, 1, 50, now}, 4);
  ScalingVerdict v = normalize(hpa, memory, {4, 1, 1, 50, now + minutes(2)});
  CHECK(v.replicas == 4);
  CHECK(v.able_reason == "ScaleDownStabilized");
  CHECK(normalize(hpa, memory, {4, 1, 1, 50, now + minutes(6)}).replicas == 1);
}

TEST_CASE("scaling rules: a window for growing takes the lowest recent proposal") {
  HorizontalPodAutoscaler hpa;
  HPAScalingRules& up = hpa.spec.behavior.mut().scaleUp.mut();
  up.stabilizationWindowSeconds = 60;
  policy(up, "Pods", 100, 15);
  ScalingMemory memory;
  Instant now = Instant{} + minutes(60);
  CHECK(normalize(hpa, memory, {2, 3, 1, 50, now}).replicas == 3);
  ScalingVerdict v = normalize(hpa, memory, {2, 9, 1, 50, now + seconds(30)});
  CHECK(v.replicas == 3);
  CHECK(v.able_reason == "ScaleUpStabilized");
}
