// PodTopologySpread's system defaults: numbers follow kubernetes/kubernetes,
// pkg/scheduler/framework/plugins/podtopologyspread (scoring.go: count * ln(domains + 2) + maxSkew - 1 a constraint)
// and plugins/helper/spread.go (DefaultSelector).
#include <doctest/doctest.h>

#include "core/client/match.h"
#include "tests/unit/scheduler/make.h"

using namespace orrery;
using namespace orrery::scheduler;
using namespace orrery::test;

namespace {

Node zoned(const std::string& name, const char* zone) {
  Node n = node(name, "64", "64Gi");
  if (*zone) n.metadata.labels.set("topology.kubernetes.io/zone", zone);
  return n;
}

Pod owned(Pod p, const char* kind, const char* owner, bool controller = true) {
  api::meta_v1::OwnerReference o;
  o.apiVersion = std::string_view(kind) == "ReplicationController" ? "v1"
                 : std::string_view(kind) == "Job"                 ? "batch/v1"
                                                                   : "apps/v1";
  o.kind = kind;
  o.name = owner;
  o.controller = controller;
  p.metadata.ownerReferences.push_back(o);
  return p;
}

Box<api::meta_v1::LabelSelector> selector(std::initializer_list<std::pair<const char*, const char*>> labels) {
  Box<api::meta_v1::LabelSelector> s;
  s.mut();
  for (const auto& [key, value] : labels) s.mut().matchLabels.set(key, value);
  return s;
}

void serve(Cluster& cluster, const char* name, const char* key, const char* value) {
  Map<Str> s;
  if (*key) s.set(key, value);
  cluster.groups().set_service({"default", name}, s);
}

struct Row {
  int64_t raw = -1, normalized = -1;
  int32_t weight = 0;
};

Row spread_row(const Cluster& cluster, const Pod& p, const char* node) {
  for (const NodeReport& r : Chooser(cluster).explain(*info(p)))
    if (r.node == node)
      for (const NodeReport::Score& s : r.scores)
        if (s.rule == "PodTopologySpread") return {s.raw, s.normalized, s.weight};
  return {};
}

std::string chosen_by_spread(const Cluster& cluster, const Pod& p, uint64_t seed) {
  Rng rng(seed);
  Choice c = Chooser(cluster).choose(*info(p), rng);
  return c.node < 0 ? "" : cluster.nodes()[static_cast<size_t>(c.node)].name.str();
}

}  // namespace

TEST_CASE("Groups: the selector is that of all Services that choose the pod and of its controller") {
  Groups groups;
  Pod p = owned(pod("a"), "ReplicaSet", "web-1");
  p.metadata.labels.set("hash", "1");
  CHECK(!groups.selector_of(p));
  groups.set_owner(Groups::Owner::ReplicaSet, {"default", "web-1"}, selector({{"app", "web"}, {"hash", "1"}}));
  CHECK(groups.selector_of(p)->matchLabels.get("hash") == "1");
  p.metadata.labels.set("tier", "front");
  Map<Str> tier, other;
  tier.set("tier", "front");
  other.set("tier", "back");
  groups.set_service({"default", "front"}, tier);
  groups.set_service({"default", "back"}, other);
  groups.set_service({"elsewhere", "front"}, tier);
  CHECK(groups.selector_of(p)->matchLabels.size() == 3);
  CHECK(groups.selector_of(p)->matchLabels.get("tier") == "front");
  // A Service alone is enough; one without a selector chooses nothing, not everything.
  CHECK(groups.selector_of(owned(p, "Job", "j"))->matchLabels.size() == 3);
  p.metadata.ownerReferences = {};
  CHECK(groups.selector_of(p)->matchLabels.size() == 1);
  groups.set_service({"default", "front"}, {});
  CHECK(!groups.selector_of(p));
  // Of owners only the controller counts, and only of these kinds.
  groups.set_owner(Groups::Owner::StatefulSet, {"default", "db"}, selector({{"app", "web"}}));
  groups.set_owner(Groups::Owner::ReplicationController, {"default", "old"}, selector({{"app", "web"}}));
  CHECK(groups.selector_of(owned(p, "StatefulSet", "db")));
  CHECK(groups.selector_of(owned(p, "ReplicationController", "old")));
  CHECK(!groups.selector_of(owned(p, "StatefulSet", "db", false)));
  CHECK(!groups.selector_of(owned(p, "Job", "db")));
  groups.set_owner(Groups::Owner::StatefulSet, {"default", "db"}, {});
  CHECK(!groups.selector_of(owned(p, "StatefulSet", "db")));
}

TEST_CASE("Chooser: the default spread scores hostname with maxSkew 3 and zone with maxSkew 5") {
  Cluster cluster;
  add(cluster, zoned("n1", "a"));
  add(cluster, zoned("n2", "a"));
  add(cluster, zoned("n3", "b"));
  add(cluster, zoned("n4", ""));
  add(cluster, pod("x"), "n1");
  Pod p = pod("a");
  CHECK(spread_row(cluster, p, "n1").raw == -1);  // belongs to nothing: the plugin is skipped
  serve(cluster, "web", "app", "web");
  // Four nodes: ln 6 = 1.792; zones a, b and none: ln 5 = 1.609.
  CHECK(spread_row(cluster, p, "n1").raw == 9);  // 1.792 + 2 + 1.609 + 4
  CHECK(spread_row(cluster, p, "n2").raw == 8);  // 2 + 1.609 + 4
  CHECK(spread_row(cluster, p, "n3").raw == 6);
  CHECK(spread_row(cluster, p, "n4").raw == 2);          // without a zone the hostname alone
  CHECK(spread_row(cluster, p, "n1").normalized == 22);  // 100 * (9 + 2 - 9) / 9
  CHECK(spread_row(cluster, p, "n2").normalized == 33);
  CHECK(spread_row(cluster, p, "n3").normalized == 55);
  CHECK(spread_row(cluster, p, "n4").normalized == 100);
  CHECK(spread_row(cluster, p, "n4").weight == 2);
}

TEST_CASE("Chooser: constraints of the pod's own, soft or hard, take the defaults' place") {
  Cluster cluster;
  add(cluster, zoned("n1", "a"));
  add(cluster, zoned("n2", "b"));
  serve(cluster, "web", "app", "web");
  add(cluster, pod("x"), "n1");
  Pod p = pod("a");
  api::core_v1::TopologySpreadConstraint c;
  c.topologyKey = "topology.kubernetes.io/zone";
  c.maxSkew = 1;
  c.whenUnsatisfiable = "ScheduleAnyway";
  c.labelSelector.mut().matchLabels.set("app", "web");
  p.spec.topologySpreadConstraints.push_back(c);
  CHECK(spread_row(cluster, p, "n1").raw == 1);  // 1 * ln 4
  CHECK(spread_row(cluster, p, "n2").raw == 0);
  p.spec.topologySpreadConstraints.mut(0).whenUnsatisfiable = "DoNotSchedule";
  CHECK(spread_row(cluster, p, "n2").raw == -1);
}

TEST_CASE("Chooser: by default a zone with fewer pods of the Service is better, and no room elsewhere is no obstacle") {
  Cluster cluster;
  for (const char* name : {"a1", "a2", "b1", "b2", "c1"}) add(cluster, zoned(name, std::string(name, 1).c_str()));
  serve(cluster, "web", "app", "web");
  for (const char* on : {"a1", "a2", "b1", "b2"}) add(cluster, pod(cat("on-", on)), on);
  for (uint64_t seed = 1; seed < 8; ++seed) CHECK(chosen_by_spread(cluster, pod("p"), seed) == "c1");
  // Pods that go, or are of another namespace, don't count.
  Pod going = pod("going");
  going.metadata.deletionTimestamp = WallTime{1};
  add(cluster, going, "c1");
  Pod foreign = pod("foreign");
  foreign.metadata.namespace_ = "other";
  add(cluster, foreign, "c1");
  CHECK(spread_row(cluster, pod("p"), "c1").raw == 6);
  cluster.remove_node("c1");
  CHECK(chosen_by_spread(cluster, pod("p"), 1) != "");
}

TEST_CASE("Chooser: a zone's pods count only on nodes that the pod's own node selector allows") {
  Cluster cluster;
  Node ssd = zoned("n1", "a");
  ssd.metadata.labels.set("disk", "ssd");
  add(cluster, ssd);
  add(cluster, zoned("n2", "a"));
  serve(cluster, "web", "app", "web");
  add(cluster, pod("x"), "n2");
  Pod p = pod("p");
  CHECK(spread_row(cluster, p, "n1").raw == 7);  // 2 + 4 + 1 * ln 3
  p.spec.nodeSelector.set("disk", "ssd");
  CHECK(spread_row(cluster, p, "n1").raw == 6);
  CHECK(chosen_by_spread(cluster, p, 1) == "n1");
}

TEST_CASE(
    "Chooser: ScheduleAnyway weighs the domains of nodes that fit, and leaves out nodes that lack one of the keys") {
  Cluster cluster;
  add(cluster, zoned("n1", "a"));
  add(cluster, zoned("n2", "b"));
  Node full = zoned("n3", "c");
  full.status.allocatable.set("pods", quantity("0"));
  add(cluster, full);
  add(cluster, zoned("n4", ""));
  Pod p = pod("a");
  for (const char* key : {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}) {
    api::core_v1::TopologySpreadConstraint c;
    c.topologyKey = key;
    c.maxSkew = 1;
    c.whenUnsatisfiable = "ScheduleAnyway";
    c.labelSelector.mut().matchLabels.set("app", "web");
    p.spec.topologySpreadConstraints.push_back(c);
  }
  for (const char* name : {"x", "y", "z"}) add(cluster, pod(name), "n1");
  add(cluster, pod("w"), "n4");
  CHECK(spread_row(cluster, p, "n1").raw == 8);  // 3 * ln 4 twice: two zones, two nodes
  CHECK(spread_row(cluster, p, "n4").normalized == 0);
}

TEST_CASE("Chooser: nodes judged alike at once give the choice that the table of all nodes shows") {
  Rng world(11), draws(5);
  Cluster cluster;
  Chooser kept(cluster);
  for (const char* set : {"red", "blue"})
    cluster.groups().set_owner(Groups::Owner::StatefulSet, {"default", set}, selector({{"app", set}}));
  std::vector<std::shared_ptr<const PodInfo>> running;
  int spread = 0, ties = 0;
  for (int step = 0; step < 1500; ++step) {
    const uint64_t what = world.below(8);
    if (step < 9 || what == 0) {  // a node comes, or comes back elsewhere, smaller or larger
      Node n = zoned(cat("n", step < 9 ? static_cast<uint64_t>(step) : world.below(70)),
                     std::vector<const char*>{"", "a", "b", "c"}[world.below(4)]);
      n.status.allocatable.set("cpu", quantity(world.below(2) ? "4" : "8"));
      if (world.below(6) == 0)
        cluster.remove_node(n.metadata.name);
      else
        add(cluster, n);
      continue;
    }
    if (what == 1 && !running.empty()) {
      const size_t i = world.below(running.size());
      cluster.remove_pod(client::key_of(running[i]->pod->metadata));
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    const char* app = world.below(2) ? "red" : "blue";
    Pod p = owned(pod(cat("p", step), world.below(2) ? "100m" : "300m"), "StatefulSet", app);
    p.metadata.labels.set("app", app);
    if (world.below(6) == 0) p.spec.nodeSelector.set("topology.kubernetes.io/zone", "b");
    const auto pod_info = info(p);
    const Choice choice = kept.choose(*pod_info, draws);
    int64_t best = -1;
    int32_t tied = 0;
    for (const NodeReport& r : kept.explain(*pod_info)) {
      if (!r.verdict.fits()) continue;
      if (r.total > best) best = r.total, tied = 0;
      tied += r.total == best;
      if (choice.node >= 0 && cluster.nodes()[static_cast<size_t>(choice.node)].name == r.node)
        CHECK(r.total == choice.score);
    }
    CHECK(choice.tied == tied);
    if (choice.node < 0) continue;
    CHECK(choice.score == best);
    spread += cluster.zones().size() > 2;
    ties += tied > 1;
    cluster.add_pod(pod_info, cluster.nodes()[static_cast<size_t>(choice.node)].name);
    running.push_back(pod_info);
  }
  CHECK(spread > 500);
  CHECK(ties > 20);
  CHECK(running.size() > 100);
}
