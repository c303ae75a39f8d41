// Each checker is shown what it must not accept, and beside it the nearest thing that is right.
#include <doctest/doctest.h>

#include "core/api/gen/apps_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/api/gen/discovery_v1.h"
#include "core/api/gen/policy_v1.h"
#include "core/base/text.h"
#include "runtime_sim/checkers/checker.h"
#include "runtime_sim/checkers/explanations.h"

using namespace orrery;
using namespace orrery::sim;
using api::core_v1::Container;
using api::core_v1::Node;
using api::core_v1::Pod;

namespace {

class Judge {
 public:
  explicit Judge(CheckerPtr checker) : checker_(std::move(checker)) {}

  template <class T>
  void put(std::string_view resource, T object) {
    object.metadata.resourceVersion = cat(++revision_);
    Str key = object.metadata.namespace_.empty() ? object.metadata.name : Str(cat(object.metadata.namespace_, "/", object.metadata.name));
    change(resource, key, api::make_object(std::move(object)));
  }
  void remove(std::string_view resource, const Str& key) {
    ++revision_;
    change(resource, key, nullptr);
  }
  void later(Duration d) { now_ = now_ + d; }
  void processes(const std::vector<RunningPod>& pods) { checker_->on_processes(mirror_, pods, now_); }
  void rest() { checker_->at_rest(mirror_, now_); }
  std::string said() const { return checker_->report().empty() ? "" : checker_->report().front().what.str(); }

 private:
  void change(std::string_view resource, const Str& key, api::ObjectPtr after) {
    const auto& all = mirror_.all(resource);
    auto it = all.find(key);
    Seen seen{std::string(resource), key, it == all.end() ? nullptr : it->second, std::move(after), revision_, now_, false};
    mirror_.apply(seen);
    checker_->on_change(mirror_, seen);
  }

  CheckerPtr checker_;
  Mirror mirror_;
  uint64_t revision_ = 0;
  Instant now_;
};

Pod pod(const char* name, bool ready = true) {
  Pod p;
  p.metadata.name = name;
  p.metadata.namespace_ = "default";
  p.metadata.uid = cat("uid-", name);
  p.metadata.labels.set("app", "web");
  p.status.phase = "Running";
  auto& condition = p.status.conditions.push_back({});
  condition.type = "Ready";
  condition.status = ready ? "True" : "False";
  return p;
}

Pod placed(const char* name, const char* cpu) {
  Pod p = pod(name);
  p.spec.nodeName = "node-1";
  p.status.startTime = WallTime{1};
  Container c;
  c.resources.requests.set("cpu", *Quantity::parse(cpu));
  p.spec.containers.push_back(c);
  return p;
}

Node node(const char* cpu) {
  Node n;
  n.metadata.name = "node-1";
  n.status.allocatable.set("cpu", *Quantity::parse(cpu));
  return n;
}

}  // namespace

TEST_CASE("capacity: pods of a node ask for no more than it has") {
  Judge j(check_capacity());
  j.put("nodes", node("1"));
  j.put("pods", placed("a", "600m"));
  j.put("pods", placed("b", "400m"));
  CHECK(j.said() == "");
  j.put("pods", placed("c", "100m"));
  CHECK(j.said() == "pods on node node-1 ask for 1100 of cpu (in thousandths), it has 1000");
}

TEST_CASE("capacity: a pod that is over asks for nothing") {
  Judge j(check_capacity());
  j.put("nodes", node("1"));
  Pod over = placed("a", "600m");
  j.put("pods", over);
  over.status.phase = "Succeeded";
  j.put("pods", over);
  j.put("pods", placed("b", "1"));
  CHECK(j.said() == "");
}

TEST_CASE("identity: two processes of one StatefulSet pod never run at once") {
  Judge j(check_identity());
  Pod p = pod("db-0");
  auto& owner = p.metadata.ownerReferences.push_back({});
  owner.kind = "StatefulSet";
  owner.controller = true;
  j.put("pods", p);
  j.processes({{"default", "db-0", "uid-db-0", "node-1"}, {"default", "db-1", "uid-2", "node-2"}});
  CHECK(j.said() == "");
  p.metadata.uid = "uid-next";
  j.put("pods", p);
  j.processes({{"default", "db-0", "uid-db-0", "node-1"}, {"default", "db-0", "uid-next", "node-2"}});
  CHECK(j.said() == "two pods default/db-0 run: on node-1 and on node-2");
  Judge forced(check_identity());  // without a grace period every deletion is by force, and nothing is promised
  p.spec.terminationGracePeriodSeconds = 0;
  for (const char* uid : {"uid-db-0", "uid-next"}) {
    p.metadata.uid = uid;
    forced.put("pods", p);
  }
  forced.processes({{"default", "db-0", "uid-db-0", "node-1"}, {"default", "db-0", "uid-next", "node-2"}});
  CHECK(forced.said() == "");
}

TEST_CASE("endpoints: only ready pods are called ready, and at rest each of them is") {
  api::core_v1::Service service;
  service.metadata.name = "web";
  service.metadata.namespace_ = "default";
  service.spec.selector.set("app", "web");
  api::discovery_v1::EndpointSlice slice;
  slice.metadata.name = "web-1";
  slice.metadata.namespace_ = "default";
  slice.metadata.labels.set("kubernetes.io/service-name", "web");
  api::discovery_v1::Endpoint e;
  api::core_v1::ObjectReference target;
  target.kind = "Pod";
  target.namespace_ = "default";
  target.name = "a";
  target.uid = "uid-a";
  e.targetRef = target;
  e.conditions.ready = true;
  slice.endpoints.push_back(e);

  SUBCASE("a pod that was never ready") {
    Judge j(check_endpoints());
    j.put("services", service);
    j.put("pods", pod("a", false));
    j.put("discovery.k8s.io/endpointslices", slice);
    CHECK(j.said() == "EndpointSlice default/web-1 calls pod a ready, which it is not");
  }
  SUBCASE("a pod that was ready a moment ago, then for long not") {
    Judge j(check_endpoints());
    j.put("services", service);
    j.put("pods", pod("a", true));
    j.put("pods", pod("a", false));
    j.put("discovery.k8s.io/endpointslices", slice);
    CHECK(j.said() == "");
    j.later(minutes(5));
    j.put("discovery.k8s.io/endpointslices", slice);
    CHECK(j.said() == "EndpointSlice default/web-1 calls pod a ready, which it is not");
  }
  SUBCASE("at rest a ready pod lacks its endpoint") {
    Judge j(check_endpoints());
    j.put("services", service);
    j.put("pods", pod("a"));
    j.put("discovery.k8s.io/endpointslices", slice);
    j.rest();
    CHECK(j.said() == "");
    j.put("pods", pod("b"));
    j.rest();
    CHECK(j.said() == "Service default/web has no endpoint for ready pod b");
  }
}

TEST_CASE("revisions: a uid stays for an object's life") {
  Judge j(check_revisions());
  j.put("pods", pod("a"));
  j.put("pods", pod("a", false));
  CHECK(j.said() == "");
  Pod other = pod("a");
  other.metadata.uid = "uid-other";
  j.put("pods", other);
  CHECK(j.said() == "pods default/a: its uid changed");
}

TEST_CASE("ownership: one controller, and no orphan at rest") {
  Judge j(check_ownership());
  Pod p = pod("a");
  auto& owner = p.metadata.ownerReferences.push_back({});
  owner.name = "web";
  owner.uid = "uid-web";
  owner.controller = true;
  SUBCASE("two controllers") {
    p.metadata.ownerReferences.push_back(api::meta_v1::OwnerReference(p.metadata.ownerReferences[0]));
    j.put("pods", p);
    CHECK(j.said() == "pods default/a has 2 controllers");
  }
  SUBCASE("an owner that is gone") {
    api::apps_v1::ReplicaSet set;
    set.metadata.name = "web";
    set.metadata.namespace_ = "default";
    set.metadata.uid = "uid-web";
    j.put("apps/replicasets", set);
    j.put("pods", p);
    j.rest();
    CHECK(j.said() == "");
    j.remove("apps/replicasets", "default/web");
    j.rest();
    CHECK(j.said() == "pods default/a is left, its owner web is gone");
  }
  SUBCASE("a claim that is being deleted, as long as a pod uses it") {
    api::core_v1::PersistentVolumeClaim claim;
    claim.metadata.name = "data-a";
    claim.metadata.namespace_ = "default";
    claim.metadata.ownerReferences = p.metadata.ownerReferences;
    claim.metadata.deletionTimestamp = WallTime{1};
    j.put("persistentvolumeclaims", claim);
    Pod user = pod("a");
    user.spec.volumes.push_back({}).persistentVolumeClaim.mut().claimName = "data-a";
    j.put("pods", user);
    j.rest();
    CHECK(j.said() == "");
    j.remove("pods", "default/a");
    j.rest();
    CHECK(j.said() == "persistentvolumeclaims default/data-a is left, its owner web is gone");
  }
}

TEST_CASE("finalizers: what one holds stays") {
  Judge j(check_finalizers());
  Pod p = pod("a");
  p.metadata.finalizers.push_back("example.com/hold");
  j.put("pods", p);
  j.remove("pods", "default/a");
  CHECK(j.said() == "pods default/a went at once, held by example.com/hold");
}

TEST_CASE("budgets: an eviction leaves what a budget demands") {
  Judge j(check_budgets());
  api::policy_v1::PodDisruptionBudget budget;
  budget.metadata.name = "two";
  budget.metadata.namespace_ = "default";
  api::meta_v1::LabelSelector selector;
  selector.matchLabels.set("app", "web");
  budget.spec.selector = selector;
  api::IntOrString two;
  two.number = 2;
  budget.spec.minAvailable = two;
  j.put("policy/poddisruptionbudgets", budget);
  for (const char* name : {"a", "b", "c"}) j.put("pods", pod(name));
  auto evict = [&](const char* name) {
    Pod p = pod(name);
    auto& condition = p.status.conditions.push_back({});
    condition.type = "DisruptionTarget";
    condition.status = "True";
    condition.reason = "EvictionByEvictionAPI";
    j.put("pods", p);
  };
  evict("a");
  CHECK(j.said() == "");
  evict("b");
  CHECK(j.said() == "pod b was evicted, which leaves 1 healthy of the 2 that budget two demands");
}

TEST_CASE("quota: nothing is created above a hard limit") {
  api::core_v1::ResourceQuota quota;
  quota.metadata.name = "small";
  quota.metadata.namespace_ = "default";
  quota.spec.hard.set("pods", *Quantity::parse("1"));
  // What its status says is used before the second pod is created: nothing yet, the truth, a count that lagged behind.
  for (const char* told : {"", "1", "0"}) {
    CAPTURE(told);
    if (*told) quota.status.used.set("pods", *Quantity::parse(told));
    Judge j(check_quota());
    j.put("resourcequotas", quota);
    j.put("pods", pod("a"));
    CHECK(j.said() == "");
    j.put("pods", pod("b"));
    CHECK(j.said() == (std::string_view(told) == "0" ? "" : "pods default/b was created: 2 of 1 that quota small allows"));
  }
}

TEST_CASE("convergence: at rest nothing is left to do") {
  Judge j(check_convergence());
  api::apps_v1::Deployment d;
  d.metadata.name = "web";
  d.metadata.namespace_ = "default";
  d.spec.replicas = 2;
  d.status.replicas = d.status.updatedReplicas = d.status.availableReplicas = 2;
  j.put("apps/deployments", d);
  j.rest();
  CHECK(j.said() == "");
  d.status.availableReplicas = 1;
  j.put("apps/deployments", d);
  j.rest();
  CHECK(j.said() == "Deployment default/web has 1 available, wants 2");
}

namespace {

api::core_v1::PersistentVolumeClaim claim_on(const char* volume) {
  api::core_v1::PersistentVolumeClaim c;
  c.metadata.name = "data";
  c.metadata.namespace_ = "default";
  c.spec.volumeName = volume;
  return c;
}

api::core_v1::PersistentVolume disk_of(const char* name, const char* host) {
  api::core_v1::PersistentVolume v;
  v.metadata.name = name;
  api::core_v1::NodeSelectorRequirement on;
  on.key = "kubernetes.io/hostname";
  on.operator_ = "In";
  on.values.push_back(host);
  api::core_v1::NodeSelectorTerm term;
  term.matchExpressions.push_back(on);
  v.spec.nodeAffinity.mut().required.mut().nodeSelectorTerms.push_back(term);
  return v;
}

Pod with_claim(const char* name) {
  Pod p = placed(name, "1m");
  auto& v = p.spec.volumes.push_back({});
  v.name = "data";
  v.persistentVolumeClaim.mut().claimName = "data";
  return p;
}

Node named(const char* name) {
  Node n = node("1");
  n.metadata.name = name;
  n.metadata.labels.set("kubernetes.io/hostname", name);
  return n;
}

}  // namespace

TEST_CASE("storage: a pod goes where its volume is") {
  Judge j(check_storage());
  j.put("nodes", named("node-1"));
  j.put("persistentvolumes", disk_of("here", "node-1"));
  j.put("persistentvolumes", disk_of("there", "node-2"));
  j.put("persistentvolumeclaims", claim_on("here"));
  j.put("pods", with_claim("a"));
  CHECK(j.said() == "");
  j.put("persistentvolumeclaims", claim_on("there"));
  j.put("pods", with_claim("b"));
  CHECK(j.said() == "pod default/b went to node-1, which can't reach its volume there");
}

TEST_CASE("storage: a claim stays while a pod uses it") {
  Judge j(check_storage());
  auto data = claim_on("");
  j.put("persistentvolumeclaims", data);
  j.put("pods", with_claim("a"));
  j.later(seconds(1));
  data.metadata.deletionTimestamp = WallTime{1};
  j.put("persistentvolumeclaims", data);
  j.later(seconds(1));
  j.remove("persistentvolumeclaims", "default/data");
  CHECK(j.said() == "claim default/data went while pod default/a uses it");
}

TEST_CASE("storage: a claim goes after its last pod") {
  Judge j(check_storage());
  auto data = claim_on("");
  j.put("persistentvolumeclaims", data);
  j.put("pods", with_claim("a"));
  j.later(seconds(1));
  data.metadata.deletionTimestamp = WallTime{1};
  j.put("persistentvolumeclaims", data);
  j.remove("pods", "default/a");
  j.remove("persistentvolumeclaims", "default/data");
  CHECK(j.said() == "");
}

TEST_CASE("convergence: a pod waits for the node that its volume is on, but for no other reason") {
  for (bool gone : {true, false}) {
    Judge j(check_convergence());
    Node other = named("node-2");
    auto& ready = other.status.conditions.push_back({});
    ready.type = "Ready";
    ready.status = "True";
    j.put("nodes", other);
    j.put("persistentvolumes", disk_of("disk", gone ? "node-1" : "node-2"));
    j.put("persistentvolumeclaims", claim_on("disk"));
    Pod waiting = with_claim("db-0");
    waiting.spec.nodeName = {};
    waiting.status.phase = "Pending";
    j.put("pods", waiting);
    j.rest();
    CHECK(j.said() == (gone ? "" : "pod default/db-0 is still Pending"));
  }
}

TEST_CASE("Checker explanations: what is explained is what was decided") {
  scheduler::Decision decision;
  decision.node = "n1";
  decision.choice = {0, 2, 90, 1, {}};
  std::vector<scheduler::NodeReport> nodes(2);
  nodes[0].node = "n1", nodes[0].total = 90;
  nodes[1].node = "n2", nodes[1].total = 80;
  CHECK(explanation_differs(decision, nodes) == "");
  nodes[1].total = 90;
  CHECK(explanation_differs(decision, nodes) == "2 nodes have the best total 90, and 1 had 90");
  nodes[0].total = 70;
  CHECK(explanation_differs(decision, nodes) == "n1 has 70, and won with 90");
  nodes.pop_back();
  CHECK(explanation_differs(decision, nodes) == "1 nodes fit, and 2 did");
  scheduler::Decision refused;
  refused.choice.refusals.add(nodes[0].verdict, 1);
  CHECK(explanation_differs(refused, {}) == "");
}
