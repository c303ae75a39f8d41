#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/scheduler/messages.h"
#include "tests/unit/scheduler/make.h"

using namespace orrery;
using namespace orrery::scheduler;
using namespace orrery::test;

namespace {

std::string refusal(const Node& n, const Pod& p, const std::vector<Pod>& there = {}) {
  Cluster cluster;
  add(cluster, n);
  for (const Pod& other : there) add(cluster, other, n.metadata.name.c_str());
  Verdict v = filter_node(*info(p), cluster.nodes()[0]);
  std::vector<std::string> out;
  for (const Str& reason : reasons_of(v)) out.push_back(reason.str());
  return join(out, ", ");
}

api::core_v1::NodeSelectorRequirement requirement(const char* key, const char* op, List<Str> values) {
  api::core_v1::NodeSelectorRequirement r;
  r.key = key;
  r.operator_ = op;
  r.values = std::move(values);
  return r;
}

}  // namespace

TEST_CASE("NodeResourcesFit: every lack is told, at the edge it fits") {
  Node n = node("n1", "2", "4Gi", "2");
  CHECK(refusal(n, pod("a", "2", "4Gi")) == "");
  CHECK(refusal(n, pod("a", "2001m")) == "Insufficient cpu");
  CHECK(refusal(n, pod("a", "3", "5Gi")) == "Insufficient cpu, Insufficient memory");
  CHECK(refusal(n, pod("a", "1"), {pod("b", "1500m")}) == "Insufficient cpu");
  CHECK(refusal(n, pod("a"), {pod("b"), pod("c")}) == "Too many pods");
  CHECK(refusal(n, pod("a")) == "");
  Pod gpu = pod("a");
  gpu.spec.containers.mut(0).resources.requests.set("nvidia.com/gpu", quantity("1"));
  CHECK(refusal(n, gpu) == "Insufficient nvidia.com/gpu");
  n.status.allocatable.set("nvidia.com/gpu", quantity("1"));
  CHECK(refusal(n, gpu) == "");
}

TEST_CASE("NodeResourcesFit: init containers count by their peak, restartable ones beside the rest") {
  Pod p = pod("a", "1");
  p.spec.initContainers = pod("x", "3").spec.containers;
  CHECK(info(p)->requests.cpu_m == 3000);
  p.spec.initContainers.push_back(pod("y", "2").spec.containers[0]);
  p.spec.initContainers.mut(1).restartPolicy = "Always";
  CHECK(info(p)->requests.cpu_m == 3000);
  p.spec.initContainers.push_back(pod("z", "2").spec.containers[0]);
  CHECK(info(p)->requests.cpu_m == 4000);
  CHECK(info(pod("b"))->score_cpu_m == 100);
  CHECK(info(pod("b"))->score_memory == 200 * 1024 * 1024);
}

TEST_CASE("TaintToleration: which tolerations let a pod in") {
  Node n = node("n1");
  n.spec.taints.push_back(taint("dedicated", "NoSchedule", "db"));
  struct Case {
    const char *key, *op, *value, *effect;
    bool fits;
  };
  const Case cases[] = {
      {"dedicated", "Equal", "db", "NoSchedule", true}, {"dedicated", "", "db", "", true},
      {"dedicated", "Equal", "web", "", false},         {"dedicated", "Exists", "", "", true},
      {"", "Exists", "", "", true},                     {"other", "Exists", "", "", false},
      {"dedicated", "Exists", "", "NoExecute", false},
  };
  CHECK(refusal(n, pod("a")) == "node(s) had untolerated taint(s)");
  for (const Case& c : cases) {
    Pod p = pod("a");
    api::core_v1::Toleration t;
    t.key = c.key;
    t.operator_ = c.op;
    t.value = c.value;
    t.effect = c.effect;
    p.spec.tolerations.push_back(t);
    CAPTURE(c.key);
    CAPTURE(c.op);
    CHECK(refusal(n, p).empty() == c.fits);
  }
  n.spec.taints.mut(0).effect = "PreferNoSchedule";
  CHECK(refusal(n, pod("a")) == "");
}

TEST_CASE("NodeUnschedulable: a cordoned node takes only those that tolerate it") {
  Node n = node("n1");
  n.spec.unschedulable = true;
  Pod p = pod("a");
  CHECK(refusal(n, p) == "node(s) were unschedulable");
  api::core_v1::Toleration t;
  t.key = "node.kubernetes.io/unschedulable";
  t.operator_ = "Exists";
  t.effect = "NoSchedule";
  p.spec.tolerations.push_back(t);
  CHECK(refusal(n, p) == "");
}

TEST_CASE("NodeAffinity: selector and required terms") {
  Node n = node("n1");
  n.metadata.labels.set("disk", "ssd");
  n.metadata.labels.set("cores", "8");
  Pod p = pod("a");
  p.spec.nodeSelector.set("disk", "ssd");
  CHECK(refusal(n, p) == "");
  p.spec.nodeSelector.set("disk", "hdd");
  CHECK(refusal(n, p) == "node(s) didn't match Pod's node affinity/selector");
  struct Case {
    const char *key, *op;
    List<Str> values;
    bool fits;
  };
  const Case cases[] = {
      {"disk", "In", {"hdd", "ssd"}, true},   {"disk", "NotIn", {"ssd"}, false}, {"gpu", "NotIn", {"x"}, true},
      {"disk", "Exists", {}, true},           {"gpu", "Exists", {}, false},      {"gpu", "DoesNotExist", {}, true},
      {"cores", "Gt", {"4"}, true},           {"cores", "Lt", {"8"}, false},     {"disk", "Gt", {"1"}, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.op);
    Pod q = pod("a");
    api::core_v1::NodeSelectorTerm never, term;
    never.matchExpressions.push_back(requirement("nope", "Exists", {}));
    term.matchExpressions.push_back(requirement(c.key, c.op, c.values));
    auto& terms = q.spec.affinity.mut().nodeAffinity.mut().requiredDuringSchedulingIgnoredDuringExecution.mut();
    terms.nodeSelectorTerms.push_back(never);
    terms.nodeSelectorTerms.push_back(term);
    CHECK(refusal(n, q).empty() == c.fits);
  }
  Pod by_name = pod("a");
  api::core_v1::NodeSelectorTerm term;
  term.matchFields.push_back(requirement("metadata.name", "In", {"n2"}));
  by_name.spec.affinity.mut().nodeAffinity.mut().requiredDuringSchedulingIgnoredDuringExecution.mut()
      .nodeSelectorTerms.push_back(term);
  CHECK_FALSE(refusal(n, by_name).empty());
  CHECK(refusal(node("n2"), by_name).empty());
}

TEST_CASE("NodePorts: a host port is used once an address and protocol") {
  auto with_port = [](const char* name, int32_t port, const char* ip = "", const char* protocol = "") {
    Pod p = pod(name);
    api::core_v1::ContainerPort c;
    c.hostPort = port;
    c.hostIP = ip;
    c.protocol = protocol;
    p.spec.containers.mut(0).ports.push_back(c);
    return p;
  };
  Node n = node("n1");
  const char* refused = "node(s) didn't have free ports for the requested pod ports";
  CHECK(refusal(n, with_port("a", 80), {with_port("b", 80)}) == refused);
  CHECK(refusal(n, with_port("a", 80), {with_port("b", 81)}) == "");
  CHECK(refusal(n, with_port("a", 80, "10.0.0.1"), {with_port("b", 80)}) == refused);
  CHECK(refusal(n, with_port("a", 80, "10.0.0.1"), {with_port("b", 80, "10.0.0.2")}) == "");
  CHECK(refusal(n, with_port("a", 53, "", "UDP"), {with_port("b", 53)}) == "");
}

TEST_CASE("FailedScheduling: worded as kube-scheduler words it") {
  Cluster cluster;
  Node tainted = node("n1");
  tainted.spec.taints.push_back(taint("node-role.kubernetes.io/control-plane", "NoSchedule"));
  add(cluster, tainted);
  add(cluster, node("n2", "1"));
  add(cluster, node("n3", "1"));
  add(cluster, pod("x", "600m"), "n2");
  add(cluster, pod("y", "600m"), "n3");
  Rng rng(1);
  Choice choice = Chooser(cluster).choose(*info(pod("a", "500m")), rng);
  CHECK(choice.node == -1);
  Preemption preemption = find_victims(*info(pod("a", "500m")), cluster, refused(*info(pod("a", "500m")), cluster), {}, 0);
  CHECK(refusal_message(choice.refusals, cluster.node_count(), preemption_message(preemption, cluster.node_count())) ==
        "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. preemption: 0/3 nodes are "
        "available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.");
  CHECK(refusal_message({}, 0) == "no nodes available to schedule pods");
  CHECK(assigned_message({"default", "web"}, "node-1") == "Successfully assigned default/web to node-1");
}
