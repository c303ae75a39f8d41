#include "core/controllers/replica_set.h"
#include "tests/unit/controllers/cluster.h"

using namespace orrery;
using namespace orrery::test;
using api::core_v1::ReplicationController;

// https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/
TEST_CASE("ReplicationController: keeps its number of pods, and its status says how many there are") {
  Cluster c(2);
  ReplicationController rc;
  rc.metadata.namespace_ = "default";
  rc.metadata.name = "nginx";
  rc.spec.replicas = 3;
  rc.spec.selector.set("app", "nginx");
  auto& tmpl = rc.spec.template_.mut();
  tmpl.metadata.labels.set("app", "nginx");
  tmpl.spec.containers.push_back({});
  tmpl.spec.containers.mut(0).name = "nginx";
  tmpl.spec.containers.mut(0).image = "nginx";
  c.create(rc);
  c.wait(seconds(2));
  auto now = c.get<ReplicationController>("nginx");
  CHECK(now->status.replicas == 3);
  CHECK(now->status.readyReplicas == 3);
  CHECK(now->status.fullyLabeledReplicas == 3);
  CHECK(now->status.observedGeneration == now->metadata.generation);
  REQUIRE(c.pods().size() == 3);
  const auto& owner = c.pods()[0].metadata.ownerReferences[0];
  CHECK(cat(owner.apiVersion, " ", owner.kind, " ", owner.name) == "v1 ReplicationController nginx");
  CHECK(c.has_event(cat("Normal SuccessfulCreate replication-controller: Created pod: ", c.pods()[0].metadata.name)));
  std::string lost = c.pods()[0].metadata.name.str();
  client::Removal at_once;
  at_once.grace_s = 0;
  c.remove<Pod>(lost.c_str(), at_once);
  c.wait(seconds(2));
  CHECK(c.ready_pods() == 3);
}
