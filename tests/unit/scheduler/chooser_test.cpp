#include <doctest/doctest.h>

#include <chrono>

#include "tests/unit/scheduler/make.h"

using namespace orrery;
using namespace orrery::scheduler;
using namespace orrery::test;

namespace {

std::string chosen(Cluster& cluster, const Pod& p, uint64_t seed = 1) {
  Rng rng(seed);
  Choice c = Chooser(cluster).choose(*info(p), rng);
  return c.node < 0 ? "" : cluster.nodes()[static_cast<size_t>(c.node)].name.str();
}

api::core_v1::TopologySpreadConstraint spread(const char* key, const char* when, int32_t skew = 1) {
  api::core_v1::TopologySpreadConstraint c;
  c.topologyKey = key;
  c.whenUnsatisfiable = when;
  c.maxSkew = skew;
  c.labelSelector.mut().matchLabels.set("app", "web");
  return c;
}

api::core_v1::PodAffinityTerm near_app(const char* app, const char* key) {
  api::core_v1::PodAffinityTerm t;
  t.topologyKey = key;
  t.labelSelector.mut().matchLabels.set("app", app);
  return t;
}

Node in_zone(const char* name, const char* zone) {
  Node n = node(name);
  n.metadata.labels.set("zone", zone);
  n.metadata.labels.set("topology.kubernetes.io/zone", zone);
  return n;
}

}  // namespace

TEST_CASE("Chooser: LeastAllocated prefers the emptier node") {
  Cluster cluster;
  add(cluster, node("n1"));
  add(cluster, node("n2"));
  add(cluster, pod("x", "2", "4Gi"), "n1");
  CHECK(chosen(cluster, pod("a", "1", "2Gi")) == "n2");
}

TEST_CASE("Chooser: BalancedAllocation prefers even use of cpu and memory") {
  Cluster cluster;
  add(cluster, node("n1", "4", "4Gi"));
  add(cluster, node("n2", "4", "4Gi"));
  add(cluster, pod("x", "2", "0"), "n1");
  add(cluster, pod("y", "1", "1Gi"), "n2");
  CHECK(chosen(cluster, pod("a", "0", "2Gi")) == "n1");
}

TEST_CASE("Chooser: ImageLocality prefers a node that has a large image") {
  Cluster cluster;
  add(cluster, node("n1"));
  Node has = node("n2");
  api::core_v1::ContainerImage image;
  image.names.push_back("docker.io/library/web:1");
  image.sizeBytes = 900ll * 1024 * 1024;
  has.status.images.push_back(image);
  add(cluster, has);
  add(cluster, node("n3"));
  CHECK(chosen(cluster, pod("a", "1")) == "n2");
}

TEST_CASE("Chooser: PreferNoSchedule and preferred affinity weigh") {
  Cluster cluster;
  Node tainted = node("n1");
  tainted.spec.taints.push_back(taint("maintenance", "PreferNoSchedule"));
  add(cluster, tainted);
  add(cluster, node("n2"));
  add(cluster, pod("x", "1", "1Gi"), "n2");
  CHECK(chosen(cluster, pod("a", "1", "1Gi")) == "n2");
  Node liked = in_zone("n3", "a");
  add(cluster, liked);
  add(cluster, node("n4"));
  Pod p = pod("a", "1", "1Gi");
  api::core_v1::PreferredSchedulingTerm term;
  term.weight = 10;
  api::core_v1::NodeSelectorRequirement r;
  r.key = "zone";
  r.operator_ = "In";
  r.values.push_back("a");
  term.preference.matchExpressions.push_back(r);
  p.spec.affinity.mut().nodeAffinity.mut().preferredDuringSchedulingIgnoredDuringExecution.push_back(term);
  for (uint64_t seed = 1; seed < 6; ++seed) CHECK(chosen(cluster, p, seed) == "n3");
}

TEST_CASE("Chooser: DoNotSchedule keeps the skew, counting zones") {
  Cluster cluster;
  add(cluster, in_zone("n1", "a"));
  add(cluster, in_zone("n2", "a"));
  add(cluster, in_zone("n3", "b"));
  add(cluster, node("n4"));
  Pod p = pod("a");
  p.spec.topologySpreadConstraints.push_back(spread("zone", "DoNotSchedule"));
  add(cluster, pod("x"), "n1");
  CHECK(chosen(cluster, p) == "n3");
  add(cluster, pod("y"), "n3");
  add(cluster, pod("z"), "n3");
  CHECK(chosen(cluster, p) != "n3");
  p.spec.nodeSelector.set("zone", "b");  // only zone b counts then
  CHECK(chosen(cluster, p) == "n3");
  p.spec.nodeSelector.set("kubernetes.io/hostname", "n4");
  CHECK(chosen(cluster, p) == "");
}

TEST_CASE("Chooser: ScheduleAnyway prefers the domain with fewer pods") {
  Cluster cluster;
  for (const char* name : {"n1", "n2", "n3"}) add(cluster, node(name, "64", "64Gi"));
  Pod p = pod("a");
  p.spec.topologySpreadConstraints.push_back(spread("kubernetes.io/hostname", "ScheduleAnyway"));
  add(cluster, pod("x"), "n1");
  add(cluster, pod("y"), "n3");
  CHECK(chosen(cluster, p) == "n2");
}

TEST_CASE("Chooser: required anti-affinity, both ways") {
  Cluster cluster;
  add(cluster, node("n1"));
  add(cluster, node("n2"));
  Pod alone = pod("a");
  alone.spec.affinity.mut().podAntiAffinity.mut().requiredDuringSchedulingIgnoredDuringExecution.push_back(
      near_app("web", "kubernetes.io/hostname"));
  add(cluster, alone, "n1");
  Pod second = alone;
  second.metadata.name = "b";
  CHECK(chosen(cluster, second) == "n2");
  CHECK(chosen(cluster, pod("plain")) == "n2");  // the one that is there refuses it
  Pod other = pod("db");
  other.metadata.labels.set("app", "db");
  add(cluster, pod("c", "3", "7Gi"), "n2");
  CHECK(chosen(cluster, other) == "n1");
  Rng rng(1);
  Choice c = Chooser(cluster).choose(*info(second), rng);
  CHECK(c.node == -1);
  CHECK(c.refusals.by_reason.at("node(s) didn't match pod anti-affinity rules") == 2);
}

TEST_CASE("Chooser: required affinity follows, and the first of a group may start anywhere") {
  Cluster cluster;
  add(cluster, in_zone("n1", "a"));
  add(cluster, in_zone("n2", "b"));
  Pod p = pod("a");
  p.spec.affinity.mut().podAffinity.mut().requiredDuringSchedulingIgnoredDuringExecution.push_back(near_app("web", "zone"));
  CHECK(chosen(cluster, p) != "");
  Pod follower = pod("f");
  follower.metadata.labels.set("app", "cache");
  follower.spec.affinity = p.spec.affinity;
  CHECK(chosen(cluster, follower) == "");
  add(cluster, pod("x"), "n2");
  CHECK(chosen(cluster, follower) == "n2");
}

namespace {

// A pod of one of eight kinds, most of them plain.
Pod any_pod(Rng& world, int number, uint64_t kind) {
  Pod p = pod(cat("p", number), world.below(2) ? "200m" : "500m", world.below(2) ? "256Mi" : "");
  if (kind == 0) p.spec.topologySpreadConstraints.push_back(spread("zone", "DoNotSchedule", 2));
  if (kind == 1) p.spec.topologySpreadConstraints.push_back(spread("kubernetes.io/hostname", "ScheduleAnyway"));
  if (kind == 2) {
    p.metadata.labels.set("app", "alone");
    p.spec.affinity.mut().podAntiAffinity.mut().requiredDuringSchedulingIgnoredDuringExecution.push_back(
        near_app("alone", "kubernetes.io/hostname"));
  }
  if (kind == 3) p.spec.nodeSelector.set("zone", "b");
  if (kind == 4) {
    p.metadata.labels.set("app", "set");
    api::meta_v1::OwnerReference owner;
    owner.apiVersion = "apps/v1", owner.kind = "StatefulSet", owner.name = "set", owner.controller = true;
    p.metadata.ownerReferences.push_back(owner);
  }
  return p;
}

}  // namespace

TEST_CASE("Chooser: kept results choose as a full pass over all nodes does") {
  Rng world(7);
  Cluster cluster;
  Chooser kept(cluster);
  Rng draws(3);
  int placed = 0, refused = 0, names = 0;
  std::vector<Pod> running;
  Box<api::meta_v1::LabelSelector> set;
  set.mut().matchLabels.set("app", "set");
  cluster.groups().set_owner(Groups::Owner::StatefulSet, {"default", "set"}, set);
  for (int i = 0; i < 12; ++i) {
    Node n = in_zone(cat("n", i).c_str(), i % 3 == 0 ? "a" : "b");
    n.status.allocatable.set("cpu", quantity(i % 2 ? "4" : "2"));
    add(cluster, n);
  }
  int spread_by_default = 0;
  for (int step = 0; step < 1200; ++step) {
    if (step % 40 == 0) {  // a Service comes and goes: pods of app=web belong together or not
      Map<Str> selector;
      if (step % 120 != 0) selector.set("app", "web");
      cluster.groups().set_service({"default", "web"}, selector);
    }
    uint64_t what = world.below(10);
    if (what == 0 && !running.empty()) {
      size_t i = world.below(running.size());
      cluster.remove_pod(client::key_of(running[i].metadata));
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    if (what == 1) {
      uint64_t i = world.below(14);
      std::string name = cat("n", i);
      if (world.below(4) == 0) {
        cluster.remove_node(name);
      } else {
        Node n = in_zone(name.c_str(), world.below(2) ? "a" : "b");
        if (world.below(5) == 0) n.metadata.labels.erase("topology.kubernetes.io/zone");
        if (world.below(4) == 0) n.spec.taints.push_back(taint("x", world.below(2) ? "NoSchedule" : "PreferNoSchedule"));
        if (world.below(3) == 0) {
          api::core_v1::ContainerImage image;
          image.names.push_back("docker.io/library/web:1");
          image.sizeBytes = 700ll * 1024 * 1024;
          n.status.images.push_back(image);
        }
        add(cluster, n);
      }
      continue;
    }
    const uint64_t kind = world.below(8);
    Pod p = any_pod(world, names++, kind);
    auto pod_info = info(p);
    Rng same = draws;
    Choice fast = kept.choose(*pod_info, draws);
    Choice full = Chooser(cluster).choose(*pod_info, same);
    CHECK(fast.node == full.node);
    CHECK(fast.score == full.score);
    CHECK(fast.tied == full.tied);
    CHECK(fast.refusals.by_reason == full.refusals.by_reason);
    CHECK(draws.next() == same.next());
    // And as the table says that people see.
    int64_t best = -1, here = -1;
    int32_t fitting = 0, tied = 0;
    bool default_spread = false;
    for (const NodeReport& r : kept.explain(*pod_info)) {
      if (!r.verdict.fits()) continue;
      ++fitting;
      for (const NodeReport::Score& s : r.scores) default_spread |= s.rule == "PodTopologySpread" && kind > 2;
      if (fast.node >= 0 && cluster.nodes()[static_cast<size_t>(fast.node)].name == r.node) here = r.total;
      if (r.total > best) best = r.total, tied = 0;
      tied += r.total == best;
    }
    CHECK(fast.fitting == fitting);
    if (fitting > 0) CHECK(fast.tied == tied);
    if (fitting > 0) CHECK(here == best);
    spread_by_default += default_spread;
    if (fast.node < 0) {
      ++refused;
      continue;
    }
    ++placed;
    cluster.add_pod(pod_info, cluster.nodes()[static_cast<size_t>(fast.node)].name);
    running.push_back(p);
  }
  CHECK(placed > 100);
  CHECK(refused > 20);
  CHECK(spread_by_default > 100);
}

TEST_CASE("Chooser: no node ever holds more than it can allocate") {
  Cluster cluster;
  for (int i = 0; i < 5; ++i) add(cluster, node(cat("n", i), "2", "4Gi", "10"));
  Chooser chooser(cluster);
  Rng rng(1);
  int placed = 0;
  for (int i = 0; i < 100; ++i) {
    auto p = info(pod(cat("p", i), "300m", "100Mi"));
    Choice c = chooser.choose(*p, rng);
    if (c.node < 0) continue;
    ++placed;
    cluster.add_pod(p, cluster.nodes()[static_cast<size_t>(c.node)].name);
  }
  CHECK(placed == 30);
  for (const NodeInfo& n : cluster.nodes()) CHECK(n.requested.cpu_m <= n.allocatable.cpu_m);
}

TEST_CASE("Chooser: 10,000 plain pods on 1,000 nodes") {
  Cluster cluster;
  for (int i = 0; i < 1000; ++i) add(cluster, node(cat("node-", i), "32", "64Gi"));
  Chooser chooser(cluster);
  Rng rng(1);
  auto start = std::chrono::steady_clock::now();
  int placed = 0;
  for (int i = 0; i < 10000; ++i) {
    auto p = info(pod(cat("p", i), "100m", "128Mi"));
    Choice c = chooser.choose(*p, rng);
    if (c.node < 0) continue;
    ++placed;
    cluster.add_pod(p, cluster.nodes()[static_cast<size_t>(c.node)].name);
  }
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
  CHECK(placed == 10000);
  MESSAGE("10,000 pods on 1,000 nodes: ", ms, " ms");
  size_t most = 0, least = SIZE_MAX;
  for (const NodeInfo& n : cluster.nodes()) most = std::max(most, n.pods.size()), least = std::min(least, n.pods.size());
  CHECK(most == 10);
  CHECK(least == 10);
}
