// The controllers and the scheduler together, over a real API server.
#include "tests/unit/controllers/cluster.h"

using namespace orrery;
using namespace orrery::test;

TEST_CASE("Cluster: a Deployment of 3 becomes 3 ready pods on 2 nodes") {
  Cluster c;
  c.create(deployment("web", 3));
  c.wait(seconds(2));
  CHECK(c.ready_pods() == 3);
  auto d = c.get<Deployment>("web");
  REQUIRE(d);
  CHECK(d->status.availableReplicas == 3);
  CHECK(d->status.observedGeneration == d->metadata.generation);
  CHECK(d->metadata.annotations.get("deployment.kubernetes.io/revision") == "1");
  std::set<Str> nodes;
  for (const Pod& p : c.pods()) {
    nodes.insert(p.spec.nodeName);
    CHECK(c.has_event(cat("Normal Scheduled default-scheduler: Successfully assigned default/", p.metadata.name, " to ",
                          p.spec.nodeName)));
    CHECK(c.has_event(cat("Normal SuccessfulCreate replicaset-controller: Created pod: ", p.metadata.name)));
  }
  CHECK(nodes.size() == 2);
  CHECK(c.events("ScalingReplicaSet").size() == 1);
  CHECK(c.manager.idle());
  CHECK(c.scheduler.idle());
}

TEST_CASE("Cluster: a killed pod is replaced") {
  Cluster c;
  c.create(deployment("web", 2));
  c.wait(seconds(2));
  std::string victim = c.pods()[0].metadata.name.str();
  client::Removal now;
  now.grace_s = 0;
  c.remove<Pod>(victim.c_str(), now);
  c.wait(seconds(1));
  CHECK(c.ready_pods() == 2);
  for (const Pod& p : c.pods()) CHECK_FALSE(p.metadata.name == victim);
  bool said = false;
  for (const auto& r : c.traces.all) said |= r.why.view().find("wants 2 pods and has 1: creating 1") != std::string::npos;
  CHECK(said);
}

TEST_CASE("Cluster: a rollout, a rollback and scaling") {
  Cluster c;
  c.create(deployment("web", 4));
  c.wait(seconds(2));
  Deployment d = *c.get<Deployment>("web");
  d.spec.template_.spec.containers.mut(0).image = "web:2";
  c.update(d);
  c.wait(seconds(5));
  CHECK(c.ready_pods() == 4);
  for (const Pod& p : c.pods()) CHECK(p.spec.containers[0].image == "web:2");
  d = *c.get<Deployment>("web");
  CHECK(d.metadata.annotations.get("deployment.kubernetes.io/revision") == "2");
  d.spec.template_.spec.containers.mut(0).image = "web:1";
  d.spec.replicas = 6;
  c.update(d);
  c.wait(seconds(5));
  CHECK(c.ready_pods() == 6);
  for (const Pod& p : c.pods()) CHECK(p.spec.containers[0].image == "web:1");
  CHECK(c.get<Deployment>("web")->metadata.annotations.get("deployment.kubernetes.io/revision") == "3");
  CHECK((c.list<ReplicaSet, api::apps_v1::ReplicaSetList>().size() == 2));
  d = *c.get<Deployment>("web");
  d.spec.replicas = 1;
  c.update(d);
  c.wait(seconds(5));
  CHECK(c.ready_pods() == 1);
}

TEST_CASE("Cluster: a pod that fits nowhere says why, and goes when there is room") {
  Cluster c;
  Deployment d = deployment("big", 1);
  d.spec.template_.spec.containers.mut(0).resources.requests.set("cpu", Quantity::of(6));
  c.create(d);
  c.wait(seconds(1));
  REQUIRE(c.pods().size() == 1);
  std::string message = "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 Preemption "
                        "is not helpful for scheduling.";
  CHECK(c.has_event(cat("Warning FailedScheduling default-scheduler: ", message)));
  const auto* scheduled = controllers::condition_of(c.pods()[0], "PodScheduled");
  REQUIRE(scheduled);
  CHECK(scheduled->status == "False");
  CHECK(scheduled->reason == "Unschedulable");
  CHECK(scheduled->message == message);
  c.kubelets.add_node("large", "8");
  c.wait(seconds(12));
  CHECK(c.ready_pods() == 1);
  CHECK(c.pods()[0].spec.nodeName == "large");
  CHECK(controllers::condition_of(c.pods()[0], "PodScheduled")->status == "True");
}

TEST_CASE("Cluster: controllers and scheduler crash at any time and go on from the API") {
  Cluster c;
  c.create(deployment("web", 20));
  for (int i = 0; i < 30; ++i) {
    c.wait(millis(7));
    if (i % 3 == 0) {
      c.manager.crash();
      c.manager.start();
    }
    if (i % 4 == 0) {
      c.scheduler.crash();
      c.scheduler.start();
    }
  }
  c.wait(seconds(5));
  CHECK(c.ready_pods() == 20);
  CHECK(c.pods().size() == 20);
  CHECK(c.get<Deployment>("web")->status.availableReplicas == 20);
}

TEST_CASE("Cluster: a rewound world goes on exactly as it did") {
  Cluster c(3);
  c.create(deployment("web", 12));
  auto story = [&] {
    std::string out;
    for (const Pod& p : c.pods())
      out += cat(p.metadata.name, " ", p.metadata.uid, " ", p.spec.nodeName, " ", p.metadata.resourceVersion, "\n");
    for (const std::string& e : c.events()) out += e + "\n";
    return out;
  };
  for (int64_t ms : {1, 3, 10, 40, 200}) {
    c.wait(millis(ms));
    Cluster::Snapshot then = c.snapshot();
    c.wait(seconds(3));
    std::string first = story();
    CHECK(c.ready_pods() == 12);
    c.restore(then);
    CHECK(c.loop.now() == Instant{then.loop.now.ns});
    c.wait(seconds(3));
    CHECK(story() == first);
    c.restore(then);
  }
}

TEST_CASE("Cluster: the same seed gives the same story") {
  auto run = [] {
    Cluster c(3);
    c.create(deployment("web", 9));
    c.wait(seconds(2));
    Deployment d = *c.get<Deployment>("web");
    d.spec.template_.spec.containers.mut(0).image = "web:2";
    c.update(d);
    c.wait(seconds(5));
    std::string out;
    for (const auto& r : c.traces.all) out += cat(r.at.ns, " ", r.from, " ", r.to, " ", r.verb, " ", r.name, " ", r.revision, " ", r.why, "\n");
    return out;
  };
  std::string first = run();
  CHECK(first.size() > 10000);
  CHECK(run() == first);
}
