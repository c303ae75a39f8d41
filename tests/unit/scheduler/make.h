// Short ways to make pods and nodes.
#pragma once

#include "core/scheduler/chooser.h"

namespace orrery::test {

using api::core_v1::Node;
using api::core_v1::Pod;

inline Quantity quantity(const char* text) { return Quantity::parse(text).value(); }

inline Node node(const std::string& name, const char* cpu = "4", const char* memory = "8Gi", const char* pods = "110") {
  Node n;
  n.metadata.name = name;
  n.metadata.labels.set("kubernetes.io/hostname", name);
  n.status.allocatable.set("cpu", quantity(cpu));
  n.status.allocatable.set("memory", quantity(memory));
  n.status.allocatable.set("pods", quantity(pods));
  return n;
}

inline Pod pod(const std::string& name, const char* cpu = "", const char* memory = "") {
  Pod p;
  p.metadata.namespace_ = "default";
  p.metadata.name = name;
  p.metadata.uid = cat("uid-", name);
  p.metadata.labels.set("app", "web");
  p.spec.containers.push_back({});
  auto& c = p.spec.containers.mut(0);
  c.name = "web";
  c.image = "web:1";
  if (*cpu) c.resources.requests.set("cpu", quantity(cpu));
  if (*memory) c.resources.requests.set("memory", quantity(memory));
  return p;
}

inline std::shared_ptr<const scheduler::PodInfo> info(Pod p) {
  return std::make_shared<const scheduler::PodInfo>(
      scheduler::make_pod_info(std::make_shared<const Pod>(std::move(p))));
}

inline void add(scheduler::Cluster& cluster, Node n) { cluster.set_node(std::make_shared<const Node>(std::move(n))); }
inline void add(scheduler::Cluster& cluster, Pod p, const char* on) { cluster.add_pod(info(std::move(p)), on); }

inline scheduler::Refusals refused(const scheduler::PodInfo& pod, const scheduler::Cluster& cluster) {
  Rng rng(1);
  return scheduler::Chooser(cluster).choose(pod, rng).refusals;
}

inline api::core_v1::Taint taint(const char* key, const char* effect, const char* value = "") {
  api::core_v1::Taint t;
  t.key = key;
  t.effect = effect;
  t.value = value;
  return t;
}

}  // namespace orrery::test
