// Kubernetes' documentation, "Pod Priority and Preemption".
#include <doctest/doctest.h>

#include "core/scheduler/messages.h"
#include "tests/unit/scheduler/make.h"

using namespace orrery;
using namespace orrery::scheduler;
using namespace orrery::test;
using api::policy_v1::PodDisruptionBudget;

namespace {

Pod of_priority(const char* name, int32_t priority, const char* cpu, int64_t started_s = 100) {
  Pod p = pod(name, cpu);
  p.spec.priority = priority;
  p.metadata.labels.set("name", name);
  p.status.startTime = WallTime{started_s * 1'000'000'000};
  return p;
}

std::string victims(const Preemption& p) {
  std::string out = p.node.str() + ":";
  for (const auto& v : p.victims) out += cat(" ", v->pod->metadata.name);
  return out;
}

std::string victims(const Cluster& cluster, const Pod& p) { return victims(find_victims(*info(p), cluster, refused(*info(p), cluster), {}, 0)); }

BudgetPtr budget(const char* pod_name, int32_t allowed) {
  PodDisruptionBudget b;
  b.metadata.namespace_ = "default";
  b.metadata.name = pod_name;
  b.spec.selector.mut().matchLabels.set("name", pod_name);
  b.status.disruptionsAllowed = allowed;
  return std::make_shared<const PodDisruptionBudget>(b);
}

}  // namespace

TEST_CASE("preemption: no more pods than needed, the least important first") {
  Cluster cluster;
  add(cluster, node("n1", "4"));
  add(cluster, of_priority("low", 1, "1"), "n1");
  add(cluster, of_priority("mid", 5, "1"), "n1");
  add(cluster, of_priority("high", 9, "2"), "n1");
  CHECK(victims(cluster, of_priority("new", 10, "1")) == "n1: low");
  CHECK(victims(cluster, of_priority("new", 10, "2")) == "n1: mid low");
}

TEST_CASE("preemption: equal priority is no reason") {
  Cluster cluster;
  add(cluster, node("n1", "1"));
  add(cluster, of_priority("a", 10, "1"), "n1");
  Preemption p = find_victims(*info(of_priority("new", 10, "1")), cluster, refused(*info(of_priority("new", 10, "1")), cluster), {}, 0);
  CHECK(p.node == "");
  CHECK(preemption_message(p, 1) == "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.");
}

TEST_CASE("preemption: a node too small even when its lower pods leave") {
  Cluster cluster;
  add(cluster, node("n1", "4"));
  add(cluster, of_priority("a", 1, "1"), "n1");
  add(cluster, of_priority("b", 20, "2"), "n1");
  Preemption p = find_victims(*info(of_priority("new", 10, "3")), cluster, refused(*info(of_priority("new", 10, "3")), cluster), {}, 0);
  CHECK(preemption_message(p, 1) == "preemption: 0/1 nodes are available: 1 Insufficient cpu.");
}

TEST_CASE("preemption: of several nodes the one that costs least") {
  Cluster cluster;
  for (const char* name : {"n1", "n2", "n3"}) add(cluster, node(name, "2"));
  add(cluster, of_priority("a", 5, "2"), "n1");
  add(cluster, of_priority("b", 3, "1"), "n2");
  add(cluster, of_priority("c", 3, "1"), "n2");
  add(cluster, of_priority("d", 3, "2"), "n3");
  CHECK(victims(cluster, of_priority("new", 10, "2")) == "n3: d");
}

TEST_CASE("preemption: among equal costs the pods that started last go") {
  Cluster cluster;
  for (const char* name : {"n1", "n2"}) add(cluster, node(name, "1"));
  add(cluster, of_priority("old", 3, "1", 100), "n1");
  add(cluster, of_priority("young", 3, "1", 900), "n2");
  CHECK(victims(cluster, of_priority("new", 10, "1")) == "n2: young");
}

TEST_CASE("preemption: budgets are respected if another node can be had, and broken otherwise") {
  Cluster cluster;
  for (const char* name : {"n1", "n2"}) add(cluster, node(name, "1"));
  add(cluster, of_priority("guarded", 1, "1"), "n1");
  add(cluster, of_priority("free", 5, "1"), "n2");
  Preemption p = find_victims(*info(of_priority("new", 10, "1")), cluster, refused(*info(of_priority("new", 10, "1")), cluster), {budget("guarded", 0)}, 0);
  CHECK(victims(p) == "n2: free");
  CHECK(p.budgets_violated == 0);
  p = find_victims(*info(of_priority("new", 3, "1")), cluster, refused(*info(of_priority("new", 3, "1")), cluster), {budget("guarded", 0)}, 0);
  CHECK(victims(p) == "n1: guarded");
  CHECK(p.budgets_violated == 1);
}

TEST_CASE("preemption: anti-affinity to a lower pod is resolved by evicting it") {
  Cluster cluster;
  add(cluster, node("n1", "4"));
  add(cluster, of_priority("a", 1, "1"), "n1");
  Pod p = of_priority("new", 10, "1");
  api::core_v1::PodAffinityTerm t;
  t.topologyKey = "kubernetes.io/hostname";
  t.labelSelector.mut().matchLabels.set("app", "web");
  p.spec.affinity.mut().podAntiAffinity.mut().requiredDuringSchedulingIgnoredDuringExecution.push_back(t);
  CHECK(victims(cluster, p) == "n1: a");
}

TEST_CASE("preemption: a taint can't be helped by it") {
  Cluster cluster;
  Node n = node("n1", "1");
  n.spec.taints.push_back(taint("dedicated", "NoSchedule"));
  add(cluster, n);
  add(cluster, of_priority("a", 1, "1"), "n1");
  Preemption p = find_victims(*info(of_priority("new", 10, "1")), cluster, refused(*info(of_priority("new", 10, "1")), cluster), {}, 0);
  CHECK(preemption_message(p, 1) == "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.");
}

TEST_CASE("preemption: who may not") {
  Cluster cluster;
  add(cluster, node("n1", "1"));
  Pod never = of_priority("new", 10, "1");
  never.spec.preemptionPolicy = Str("Never");
  CHECK(not_eligible(*info(never), cluster, "") == "not eligible due to preemptionPolicy=Never.");
  Pod leaving = of_priority("a", 1, "1");
  leaving.metadata.deletionTimestamp = WallTime{1};
  add(cluster, leaving, "n1");
  CHECK(not_eligible(*info(of_priority("new", 10, "1")), cluster, "n1") == "not eligible due to a terminating pod on the nominated node.");
  CHECK(not_eligible(*info(of_priority("new", 10, "1")), cluster, "") == "");
}

TEST_CASE("preemption: what is remembered of nodes changes no answer") {
  Cluster cluster;
  for (int i = 0; i < 12; ++i) add(cluster, node(cat("n", i), "4"));
  Rng rng(7);
  int names = 0;
  auto low = [&] {
    auto priority = static_cast<int32_t>(rng.below(4));
    auto started = static_cast<int64_t>(rng.below(50));
    return of_priority(cat("low", names++).c_str(), priority, rng.below(2) ? "1" : "500m", started);
  };
  auto add_low = [&](uint64_t on) { add(cluster, low(), cat("n", on).c_str()); };
  for (uint64_t i = 0; i < 40; ++i) add_low(i % 12);
  VictimMemo memo;
  int helped = 0;
  for (int round = 0; round < 200; ++round) {
    // Mostly pods alike, between them others; each time some node changes.
    const Pod wanted = of_priority("new", round % 7 ? 10 : 2, round % 5 ? "3" : "2");
    const uint32_t first = static_cast<uint32_t>(rng.below(12));
    const Refusals why = refused(*info(wanted), cluster);
    const Preemption afresh = find_victims(*info(wanted), cluster, why, {}, first);
    const Preemption remembered = find_victims(*info(wanted), cluster, why, {}, first, &memo);
    REQUIRE(victims(afresh) == victims(remembered));
    REQUIRE(afresh.refusals == remembered.refusals);
    if (!afresh.node.empty()) {
      ++helped;
      for (const auto& v : afresh.victims) cluster.remove_pod(client::key_of(v->pod->metadata));
    }
    if (rng.below(2)) add_low(rng.below(12));
    if (round == 90) cluster.remove_node("n3");
    if (round == 120) add(cluster, node("n3", "8"));
    if (round % 40 == 0)
      for (int i = 0; i < 10; ++i) add_low(rng.below(12));
  }
  CHECK(helped > 20);
}
