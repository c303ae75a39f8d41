#include "core/controllers/node_lifecycle.h"
#include "tests/unit/controllers/cluster.h"

using namespace orrery;
using namespace orrery::test;
using api::core_v1::Node;

namespace {

std::string ready_of(Cluster& c, const char* name) {
  auto node = c.get<Node>(name, "");
  for (const auto& cond : node->status.conditions)
    if (cond.type == "Ready") return cat(cond.status, " ", cond.reason, " ", cond.message);
  return "none";
}

std::string taints_of(Cluster& c, const char* name) {
  std::string out;
  for (const auto& t : c.get<Node>(name, "")->spec.taints) out += cat(t.key, ":", t.effect, " ");
  return out;
}

size_t pods_on(Cluster& c, const char* node, bool living) {
  size_t n = 0;
  for (const Pod& p : c.pods()) n += p.spec.nodeName == node && (!living || !p.metadata.deletionTimestamp);
  return n;
}

}  // namespace

TEST_CASE("Node lifecycle: a node that beats stays as it is") {
  Cluster c(2);
  c.wait(minutes(10));
  CHECK(ready_of(c, "node-1") == "True KubeletReady ");
  CHECK(taints_of(c, "node-1") == "");
  CHECK(c.has_event("Normal RegisteredNode node-controller: Node node-1 event: Registered Node node-1 in Controller"));
}

TEST_CASE("Node lifecycle: a silent node becomes Unknown, is tainted, and its pods move after five minutes") {
  Cluster c(3);
  Deployment d = deployment("web", 6);
  for (const char* key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    api::core_v1::Toleration t;  // what admission gives every pod
    t.key = key;
    t.operator_ = "Exists";
    t.effect = "NoExecute";
    t.tolerationSeconds = 300;
    d.spec.template_.spec.tolerations.push_back(t);
  }
  c.create(d);
  c.wait(seconds(5));
  CHECK(pods_on(c, "node-2", true) == 2);
  c.kubelets.down.insert("node-2");
  c.wait(seconds(40));
  CHECK(ready_of(c, "node-2") == "True KubeletReady ");
  c.wait(seconds(30));
  CHECK(ready_of(c, "node-2") == "Unknown NodeStatusUnknown Kubelet stopped posting node status.");
  CHECK(taints_of(c, "node-2") == "node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute ");
  CHECK(c.has_event("Normal NodeNotReady node-controller: Node node-2 status is now: NodeNotReady"));
  CHECK(c.events("NodeNotReady").size() == 3);  // the node, and its two pods
  CHECK(c.ready_pods() == 4);
  CHECK(c.get<Deployment>("web")->status.availableReplicas == 4);
  c.wait(seconds(270));
  CHECK(pods_on(c, "node-2", true) == 2);  // tolerated for 300 s
  c.wait(seconds(60));
  CHECK(pods_on(c, "node-2", true) == 0);
  CHECK(pods_on(c, "node-2", false) == 2);  // nobody there to end them
  CHECK(c.ready_pods() == 6);
  CHECK(c.events("TaintManagerEviction").size() == 2);

  c.kubelets.down.clear();  // it comes back
  Node node = *c.get<Node>("node-2", "");
  node.status.conditions.clear();
  c.kubelets.set_ready(node);
  c.update(node, "status");
  c.wait(seconds(15));
  CHECK(ready_of(c, "node-2") == "True KubeletReady ");
  CHECK(taints_of(c, "node-2") == "");
}

TEST_CASE("Node lifecycle: when every node is silent, nobody is evicted") {
  Cluster c(2);
  c.create(deployment("web", 2));
  c.wait(seconds(5));
  c.kubelets.down = {"node-1", "node-2"};
  c.wait(minutes(10));
  CHECK(ready_of(c, "node-1").substr(0, 7) == "Unknown");
  CHECK(ready_of(c, "node-2").substr(0, 7) == "Unknown");
  CHECK(pods_on(c, "node-1", true) + pods_on(c, "node-2", true) == 2);
}

TEST_CASE("Node lifecycle: conditions and cordoning become taints") {
  Cluster c(1);
  c.wait(seconds(1));
  Node node = *c.get<Node>("node-1", "");
  node.spec.unschedulable = true;
  c.update(node);
  c.wait(seconds(1));
  CHECK(taints_of(c, "node-1") == "node.kubernetes.io/unschedulable:NoSchedule ");
  node = *c.get<Node>("node-1", "");
  node.spec.unschedulable = false;
  c.update(node);
  c.wait(seconds(1));
  CHECK(taints_of(c, "node-1") == "");
  node = *c.get<Node>("node-1", "");
  node.status.conditions.mut_if([](const api::core_v1::NodeCondition& x) { return x.type == "DiskPressure"; })->status = "True";
  c.update(node, "status");
  c.wait(seconds(1));
  CHECK(taints_of(c, "node-1") == "node.kubernetes.io/disk-pressure:NoSchedule ");
}

TEST_CASE("Node lifecycle: a NoExecute taint evicts at once those that don't tolerate it") {
  Cluster c(2);
  c.create(deployment("web", 2));
  c.wait(seconds(5));
  Node node = *c.get<Node>("node-1", "");
  api::core_v1::Taint t;
  t.key = "maintenance";
  t.effect = "NoExecute";
  node.spec.taints.push_back(t);
  c.update(node);
  c.wait(seconds(5));
  CHECK(pods_on(c, "node-1", false) == 0);
  CHECK(c.ready_pods() == 2);
}

TEST_CASE("Pod garbage collector: pods of a node that was removed go after 40 seconds") {
  Cluster c(2);
  c.create(deployment("web", 2));
  c.wait(seconds(5));
  CHECK(pods_on(c, "node-1", true) == 1);
  c.kubelets.down.insert("node-1");
  c.remove<Node>("node-1", {}, "");
  c.wait(seconds(35));
  CHECK(pods_on(c, "node-1", true) == 1);
  c.wait(seconds(10));
  CHECK(pods_on(c, "node-1", false) == 0);
  CHECK(pods_on(c, "node-2", true) == 2);
  CHECK(c.has_event("Normal RemovingNode node-controller: Node node-1 event: Removing Node node-1 from Controller"));
}
