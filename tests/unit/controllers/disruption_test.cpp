#include "core/controllers/disruption.h"
#include "tests/unit/controllers/cluster.h"

using namespace orrery;
using namespace orrery::controllers;
using namespace orrery::test;
using api::policy_v1::PodDisruptionBudget;

TEST_CASE("Disruption: how many of four pods, three of them ready, may go") {
  struct Case {
    const char *min, *max;  // "": unset
    int32_t expected, desired, allowed;
  };
  const Case cases[] = {
      {"2", "", 4, 2, 1}, {"4", "", 4, 4, 0}, {"50%", "", 8, 4, 0}, {"", "1", 8, 7, 0}, {"", "75%", 8, 2, 1}, {"1", "", 4, 1, 2},
  };
  for (const Case& c : cases) {
    CAPTURE(c.min);
    CAPTURE(c.max);
    auto value = [](const char* text) {
      std::optional<api::IntOrString> out;
      std::string t(text);
      if (t.empty()) return out;
      out = t.back() == '%' ? api::IntOrString::of(Str(t)) : api::IntOrString::of(std::stoi(t));
      return out;
    };
    PodDisruptionBudget b;
    b.metadata.namespace_ = "default";
    b.metadata.name = "keep";
    b.spec.minAvailable = value(c.min);
    b.spec.maxUnavailable = value(c.max);
    DisruptionView view;
    view.budget = std::make_shared<const PodDisruptionBudget>(b);
    view.scale = 8;
    for (const char* name : {"a", "b", "c", "d"})
      view.pods.push_back(std::make_shared<const Pod>(pod({name, "Running", *name != 'd'})));
    client::Plan plan = plan_disruption(view, attempt_at(0));
    REQUIRE(plan.writes.size() == 1);
    const auto& status = plan.writes[0].object.as<PodDisruptionBudget>()->status;
    CHECK(status.expectedPods == c.expected);
    CHECK(status.desiredHealthy == c.desired);
    CHECK(status.currentHealthy == 3);
    CHECK(status.disruptionsAllowed == c.allowed);
    CHECK(status.conditions[0].reason == (c.allowed > 0 ? "SufficientPods" : "InsufficientPods"));
  }
}

TEST_CASE("Cluster: eviction never breaks a budget") {
  Cluster c(2);
  c.create(deployment("web", 3));
  PodDisruptionBudget b;
  b.metadata.namespace_ = "default";
  b.metadata.name = "keep";
  b.spec.maxUnavailable = api::IntOrString::of(1);
  b.spec.selector.mut().matchLabels.set("app", "web");
  c.create(b);
  c.wait(seconds(3));
  CHECK(c.get<PodDisruptionBudget>("keep")->status.disruptionsAllowed == 1);
  c.kubelets.starts_in = seconds(2);
  std::vector<Pod> pods = c.pods();
  c.client.evict(client::key_of(pods[0].metadata), {}, c.to());
  CHECK_FALSE(c.answered().error.has_value());
  c.wait(millis(500));
  CHECK(c.get<PodDisruptionBudget>("keep")->status.disruptionsAllowed == 0);
  c.client.evict(client::key_of(pods[1].metadata), {}, c.to());
  auto& refused = c.answered();
  REQUIRE(refused.error.has_value());
  CHECK(refused.error->reason == Reason::TooManyRequests);
  c.wait(seconds(10));
  CHECK(c.ready_pods() == 3);
  CHECK(c.get<PodDisruptionBudget>("keep")->status.disruptionsAllowed == 1);
}
