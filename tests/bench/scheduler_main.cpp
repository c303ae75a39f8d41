// bench_scheduler: the scheduler alone, in memory: chooses a node for each pod and counts it there. One line of JSON for
// each kind of pod, with CPU seconds. The kinds are those of Kubernetes' scheduler_perf.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>

#include "core/scheduler/preemption.h"

using namespace orrery;
using namespace orrery::scheduler;
using api::core_v1::Node;
using api::core_v1::Pod;

namespace {

constexpr int kZones = 10;

Node node(int i) {
  Node n;
  n.metadata.name = cat("node-", i);
  n.metadata.labels.set("kubernetes.io/hostname", n.metadata.name);
  n.metadata.labels.set("topology.kubernetes.io/zone", cat("zone-", i % kZones));
  n.status.allocatable.set("cpu", *Quantity::parse("4"));
  n.status.allocatable.set("memory", *Quantity::parse("32Gi"));
  n.status.allocatable.set("pods", *Quantity::parse("110"));
  return n;
}

Pod plain(const std::string& name, const char* cpu = "100m") {
  Pod p;
  p.metadata.namespace_ = "default";
  p.metadata.name = name;
  p.metadata.uid = name;
  auto& c = p.spec.containers.push_back({});
  c.name = "pause";
  c.image = "registry.k8s.io/pause:3.9";
  c.resources.requests.set("cpu", *Quantity::parse(cpu));
  c.resources.requests.set("memory", *Quantity::parse("500Mi"));
  return p;
}

api::core_v1::PodAffinityTerm near_own_color(const char* key, const char* color) {
  api::core_v1::PodAffinityTerm t;
  t.topologyKey = key;
  t.labelSelector.mut().matchLabels.set("color", color);
  return t;
}

void owned(Pod& p, int owner) {
  p.metadata.labels.set("app", cat("web-", owner));
  auto& o = p.metadata.ownerReferences.push_back({});
  o.apiVersion = "apps/v1";
  o.kind = "ReplicaSet";
  o.name = cat("web-", owner);
  o.controller = true;
}

struct Kind {
  const char* name;
  int pods;
  std::function<void(Pod&, int)> dress;
  int owners = 0;  // ReplicaSets that the pods belong to
};

std::vector<Kind> kinds() {
  auto color = [](Pod& p, const char* c) { p.metadata.labels.set("color", c); };
  return {
      {"plain", 10000, [](Pod&, int) {}},
      // Pods as Deployments make them: spread by the system's defaults.
      {"default_spread", 10000, [](Pod& p, int) { owned(p, 0); }, 1},
      {"default_spread_600", 10000, [](Pod& p, int i) { owned(p, i % 600); }, 600},
      // Each group of a hundred keeps apart from itself, as in scheduler_perf.
      {"anti_affinity", 2000, [=](Pod& p, int i) {
         const std::string group = cat("green-", i / 100);
         color(p, group.c_str());
         p.spec.affinity.mut().podAntiAffinity.mut().requiredDuringSchedulingIgnoredDuringExecution.push_back(
             near_own_color("kubernetes.io/hostname", group.c_str()));
       }},
      {"affinity", 5000, [=](Pod& p, int) {
         color(p, "blue");
         p.spec.affinity.mut().podAffinity.mut().requiredDuringSchedulingIgnoredDuringExecution.push_back(
             near_own_color("topology.kubernetes.io/zone", "blue"));
       }},
      {"preferred_affinity", 5000, [=](Pod& p, int) {
         color(p, "red");
         api::core_v1::WeightedPodAffinityTerm w;
         w.weight = 1;
         w.podAffinityTerm = near_own_color("kubernetes.io/hostname", "red");
         p.spec.affinity.mut().podAffinity.mut().preferredDuringSchedulingIgnoredDuringExecution.push_back(w);
       }},
      {"topology_spread", 5000, [=](Pod& p, int) {
         color(p, "white");
         api::core_v1::TopologySpreadConstraint c;
         c.maxSkew = 5;
         c.topologyKey = "topology.kubernetes.io/zone";
         c.whenUnsatisfiable = "DoNotSchedule";
         c.labelSelector.mut().matchLabels.set("color", "white");
         p.spec.topologySpreadConstraints.push_back(c);
       }},
  };
}

std::shared_ptr<const PodInfo> info(Pod p) { return std::make_shared<const PodInfo>(make_pod_info(std::make_shared<const Pod>(std::move(p)))); }

void say(const char* kind, int nodes, int pods, int placed, std::clock_t start) {
  const double cpu = double(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("{\"kind\":\"%s\",\"nodes\":%d,\"pods\":%d,\"placed\":%d,\"cpu_s\":%.4f,\"pods_a_s\":%.0f}\n", kind, nodes, pods, placed, cpu, pods / cpu);
  std::fflush(stdout);
}

Cluster cluster_of(int nodes) {
  Cluster cluster;
  for (int i = 0; i < nodes; ++i) cluster.set_node(std::make_shared<const Node>(node(i)));
  return cluster;
}

void run(const Kind& kind, int nodes) {
  Cluster cluster = cluster_of(nodes);
  for (int i = 0; i < kind.owners; ++i) {
    Box<api::meta_v1::LabelSelector> selector;
    selector.mut().matchLabels.set("app", cat("web-", i));
    cluster.groups().set_owner(Groups::Owner::ReplicaSet, {"default", cat("web-", i)}, selector);
  }
  Chooser chooser(cluster);
  Rng rng(1);
  std::vector<std::shared_ptr<const PodInfo>> pods;
  for (int i = 0; i < kind.pods; ++i) {
    Pod p = plain(cat("pod-", i));
    kind.dress(p, i);
    pods.push_back(info(std::move(p)));
  }
  int placed = 0;
  const std::clock_t start = std::clock();
  for (const auto& pod : pods) {
    const Choice choice = chooser.choose(*pod, rng);
    if (choice.node < 0) continue;
    cluster.add_pod(pod, cluster.nodes()[static_cast<size_t>(choice.node)].name);
    ++placed;
  }
  say(kind.name, nodes, kind.pods, placed, start);
}

// Nodes full of four low pods each; every high pod has to evict some.
void run_preemption(int nodes, int pods) {
  Cluster cluster = cluster_of(nodes);
  for (int i = 0; i < nodes * 4; ++i) {
    Pod low = plain(cat("low-", i), "900m");
    low.spec.priority = 1;
    cluster.add_pod(info(std::move(low)), cat("node-", i / 4));
  }
  Chooser chooser(cluster);
  Rng rng(1);
  std::vector<std::shared_ptr<const PodInfo>> waiting;
  for (int i = 0; i < pods; ++i) {
    Pod high = plain(cat("high-", i), "3");
    high.spec.priority = 1000;
    waiting.push_back(info(std::move(high)));
  }
  int placed = 0;
  VictimMemo memo;
  const std::clock_t start = std::clock();
  for (const auto& pod : waiting) {
    Choice choice = chooser.choose(*pod, rng);
    Str where;
    if (choice.node < 0) {
      const Preemption p = find_victims(*pod, cluster, choice.refusals, {}, static_cast<uint32_t>(rng.below(static_cast<uint64_t>(nodes))),
                                        &memo);
      for (const auto& victim : p.victims) cluster.remove_pod(client::key_of(victim->pod->metadata));
      where = p.node;
    } else {
      where = cluster.nodes()[static_cast<size_t>(choice.node)].name;
    }
    if (where.empty()) continue;
    cluster.add_pod(pod, where);
    ++placed;
  }
  say("preemption", nodes, pods, placed, start);
}

}  // namespace

int main() {
  const std::vector<Kind> all = kinds();
  for (int k = 0; k < 3; ++k) run(all[static_cast<size_t>(k)], 500);
  for (const Kind& kind : all) run(kind, 5000);
  run_preemption(5000, 5000);
  return 0;
}
