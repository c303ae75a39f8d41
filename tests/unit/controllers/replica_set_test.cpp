#include <doctest/doctest.h>

#include "core/controllers/replica_set.h"
#include "tests/unit/controllers/make.h"

using namespace orrery;
using namespace orrery::controllers;
using namespace orrery::test;

namespace {

ReplicaSetView set_view(ReplicaSet set, const std::vector<Pod>& pods) {
  ReplicaSetView view;
  view.set = std::make_shared<const ReplicaSet>(std::move(set));
  for (const Pod& p : pods) {
    view.candidates.push_back(api::make_object(p));
    view.related.push_back(view.candidates.back().get<Pod>());
  }
  return view;
}

// A set whose status is already told, so that plans show only pods.
ReplicaSet told(ReplicaSet set, int32_t pods, int32_t ready) {
  set.status.replicas = set.status.fullyLabeledReplicas = pods;
  set.status.readyReplicas = set.status.availableReplicas = ready;
  set.status.terminatingReplicas = 0;
  set.status.observedGeneration = 1;
  return set;
}

std::vector<Pod> some(const ReplicaSet& set, int n) {
  std::vector<Pod> out;
  for (int i = 0; i < n; ++i) out.push_back(owned(pod({cat("web-", i)}), set));
  return out;
}

}  // namespace

TEST_CASE("ReplicaSet: makes missing pods in batches of 1, 2, 4") {
  ReplicaSet set = told(replica_set("web", 6), 1, 1);
  client::Plan plan = plan_replica_set(set_view(set, some(set, 1)), attempt_at(0));
  CHECK(lines(plan) ==
        "0 create Pod web-\n1 create Pod web-\n1 create Pod web-\n2 create Pod web-\n2 create Pod web-\n");
  const client::Write& w = plan.writes[0];
  CHECK(w.why == "web wants 6 pods and has 1: creating 5");
  CHECK(w.on_success->reason == "SuccessfulCreate");
  CHECK(w.on_success->message == "Created pod: {name}");
  CHECK(w.on_failure->message == "Error creating: {error}");
  const Pod& made = *w.object.as<Pod>();
  CHECK(made.metadata.generateName == "web-");
  REQUIRE(made.metadata.ownerReferences.size() == 1);
  CHECK(made.metadata.ownerReferences[0].apiVersion == "apps/v1");
  CHECK(made.metadata.ownerReferences[0].controller == true);
  CHECK(made.metadata.ownerReferences[0].blockOwnerDeletion == true);
  CHECK(made.metadata.labels.get("app") == "web");
}

TEST_CASE("ReplicaSet: tells the status first, in the same stage as the first pod") {
  ReplicaSet set = replica_set("web", 2);
  client::Plan plan = plan_replica_set(set_view(set, some(set, 1)), attempt_at(0));
  CHECK(lines(plan) == "0 update status ReplicaSet web\n0 create Pod web-\n");
  const auto& status = plan.writes[0].object.as<ReplicaSet>()->status;
  CHECK(status.replicas == 1);
  CHECK(status.readyReplicas == 1);
  CHECK(status.availableReplicas == 1);
  CHECK(status.fullyLabeledReplicas == 1);
  CHECK(status.observedGeneration == 1);
}

TEST_CASE("ReplicaSet: has nothing to do when all is as wanted") {
  ReplicaSet set = told(replica_set("web", 2), 2, 2);
  CHECK(plan_replica_set(set_view(set, some(set, 2)), attempt_at(0)).empty());
}

TEST_CASE("ReplicaSet: pods that ended or are being deleted don't count") {
  ReplicaSet set = told(replica_set("web", 2), 1, 1);
  std::vector<Pod> pods = some(set, 3);
  pods[0].status.phase = "Failed";
  pods[1].metadata.deletionTimestamp = at(-5);
  client::Plan plan = plan_replica_set(set_view(set, pods), attempt_at(0));
  CHECK(lines(plan) == "0 update status ReplicaSet web\n0 create Pod web-\n");
  CHECK(plan.writes[0].object.as<ReplicaSet>()->status.terminatingReplicas == 1);
}

TEST_CASE("ReplicaSet: which pod is deleted first") {
  struct Case {
    const char* rule;
    PodSpecText first, second;  // first goes
  };
  const Case cases[] = {
      {"unassigned before assigned", {"b", "Pending", false, ""}, {"a", "Pending", false, "n1"}},
      {"pending before running", {"b", "Pending", false}, {"a", "Running", false}},
      {"not ready before ready", {"b", "Running", false}, {"a", "Running", true}},
      {"ready more recently", {"b", "Running", true, "n1", -1000, -10}, {"a", "Running", true, "n1", -1000, -900}},
      {"younger", {"b", "Running", true, "n1", -10}, {"a", "Running", true, "n1", -1000}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.rule);
    ReplicaSet set = told(replica_set("web", 1), 2, c.second.ready ? (c.first.ready ? 2 : 1) : 0);
    for (bool swap : {false, true}) {
      std::vector<Pod> pods{owned(pod(swap ? c.second : c.first), set), owned(pod(swap ? c.first : c.second), set)};
      CHECK(lines(plan_replica_set(set_view(set, pods), attempt_at(0))) == "0 delete Pod b\n");
    }
  }
  ReplicaSet set = told(replica_set("web", 2), 3, 3);
  SUBCASE("cheaper to delete") {
    std::vector<Pod> pods = some(set, 3);
    pods[1].metadata.annotations.set("controller.kubernetes.io/pod-deletion-cost", "-5");
    CHECK(lines(plan_replica_set(set_view(set, pods), attempt_at(0))) == "0 delete Pod web-1\n");
  }
  SUBCASE("crowded on its node") {
    std::vector<Pod> pods = some(set, 3);
    pods[1].spec.nodeName = pods[2].spec.nodeName = "n2";
    pods[0].metadata.creationTimestamp = at(-1);  // younger, but alone
    CHECK(lines(plan_replica_set(set_view(set, pods), attempt_at(0))) == "0 delete Pod web-1\n");
  }
  SUBCASE("restarted more often") {
    std::vector<Pod> pods = some(set, 3);
    api::core_v1::ContainerStatus c;
    c.restartCount = 4;
    pods[2].status.containerStatuses.push_back(c);
    client::Plan plan = plan_replica_set(set_view(set, pods), attempt_at(0));
    CHECK(lines(plan) == "0 delete Pod web-2\n");
    CHECK(plan.writes[0].removal.uid == "uid-web-2");
    CHECK(plan.writes[0].on_success->message == "Deleted pod: {name}");
    CHECK(plan.writes[0].why == "web wants 2 pods and has 3: deleting 1");
  }
}

TEST_CASE("ReplicaSet: adopts matching orphans and lets go what it no longer selects") {
  ReplicaSet set = told(replica_set("web", 1), 1, 1);
  Pod orphan = pod({"orphan"});
  Pod stranger = owned(pod({"stranger"}), set);
  stranger.metadata.labels.set("app", "other");
  client::Plan plan = plan_replica_set(set_view(set, {stranger, orphan}), attempt_at(0));
  REQUIRE(lines(plan) == "0 update Pod stranger\n0 update Pod orphan\n");
  CHECK(plan.writes[0].object.meta().ownerReferences.empty());
  CHECK(plan.writes[1].object.meta().ownerReferences[0].uid == "uid-web");
}

TEST_CASE("ReplicaSet: a failed creation becomes the condition ReplicaFailure, and goes again when pods come") {
  ReplicaSet set = told(replica_set("web", 1), 0, 0);
  client::Attempt attempt = attempt_at(0);
  attempt.error = make_error(Reason::Forbidden, "exceeded quota");
  client::Plan plan = plan_replica_set(set_view(set, {}), attempt);
  REQUIRE(lines(plan) == "0 update status ReplicaSet web\n0 create Pod web-\n");
  const ReplicaSet& failed = *plan.writes[0].object.as<ReplicaSet>();
  REQUIRE(failed.status.conditions.size() == 1);
  CHECK(failed.status.conditions[0].type == "ReplicaFailure");
  CHECK(failed.status.conditions[0].reason == "FailedCreate");
  CHECK(failed.status.conditions[0].message == "exceeded quota");
  plan = plan_replica_set(set_view(failed, some(set, 1)), attempt_at(1));
  CHECK(plan.writes[0].object.as<ReplicaSet>()->status.conditions.empty());
}

TEST_CASE("ReplicaSet: minReadySeconds delays availability, and the set looks again then") {
  ReplicaSet set = replica_set("web", 1);
  set.spec.minReadySeconds = 30;
  Pod p = owned(pod({"a", "Running", true, "n1", -100, -10}), set);
  client::Plan plan = plan_replica_set(set_view(set, {p}), attempt_at(0));
  CHECK(plan.writes[0].object.as<ReplicaSet>()->status.readyReplicas == 1);
  CHECK(plan.writes[0].object.as<ReplicaSet>()->status.availableReplicas == 0);
  CHECK(plan.requeue_after == seconds(20));
  plan = plan_replica_set(set_view(set, {p}), attempt_at(20));
  CHECK(plan.writes[0].object.as<ReplicaSet>()->status.availableReplicas == 1);
}

TEST_CASE("ReplicaSet: a set being deleted makes and deletes nothing") {
  ReplicaSet set = told(replica_set("web", 5), 1, 1);
  set.metadata.deletionTimestamp = at(-1);
  CHECK(plan_replica_set(set_view(set, some(set, 1)), attempt_at(0)).empty());
}
