#include <vector>

#include "core/base/text.h"
#include "core/kubelet/kubelet.h"
#include "runtime_native/daemon/nodes.h"
#include "runtime_sim/network/sim_network.h"
#include "runtime_sim/nodes/sim_node.h"

namespace orrery::daemon {
namespace {

kubelet::KubeletOptions kubelet_options(const Str& name, const Str& address) {
  kubelet::KubeletOptions o;
  o.node.name = name;
  o.node.ip = address;
  o.node.capacity.set("cpu", Quantity::of(4));
  o.node.capacity.set("memory", Quantity::of(int64_t{8} << 30));
  o.node.capacity.set("pods", Quantity::of(110));
  o.node.capacity.set("ephemeral-storage", Quantity::of(int64_t{100} << 30));
  o.node.allocatable = o.node.capacity;
  api::core_v1::NodeSystemInfo& info = o.node.info;
  info.operatingSystem = "linux";
  info.architecture = "amd64";
  info.osImage = "Orrery simulated machine";
  info.kernelVersion = "6.1.0-orrery";
  info.kubeletVersion = "v1.35.0";
  info.containerRuntimeVersion = "sim://1.0";
  info.machineID = hex64(fnv1a(name));
  info.systemUUID = info.machineID;
  info.bootID = info.machineID;
  o.dns.cluster_domain = "cluster.local";
  o.dns.cluster_dns = {"10.96.0.10"};
  return o;
}

class SimulatedNodes final : public Nodes {
 public:
  SimulatedNodes(const NodePorts& ports, int count, uint64_t seed) : switch_(ports.node_switch), network_(ports.loop, ports.trace, {}) {
    Rng rng(seed);
    for (int i = 1; i <= count; ++i) {
      Str name = cat("node-", i);
      machines_.push_back(std::make_unique<Machine>(ports, network_, rng.child(cat("node/", name)), name, static_cast<uint32_t>(i - 1)));
      switch_.connect(name, machines_.back()->kubelet.server());
      machines_.back()->kubelet.start();
    }
  }
  ~SimulatedNodes() override {
    for (auto& machine : machines_) switch_.disconnect(machine->node.name());
  }
  void stop() override {
    for (auto& machine : machines_) machine->kubelet.crash();
  }

 private:
  struct Machine {
    Machine(const NodePorts& p, sim::SimNetwork& network, Rng rng, const Str& name, uint32_t index)
        : node(p.loop, p.clock, network, p.trace, rng, name, index),
          kubelet({p.loop, p.api, p.clock, node, node, node, node, p.trace}, kubelet_options(name, node.address())) {}
    sim::SimNode node;
    kubelet::Kubelet kubelet;
  };
  cluster::NodeSwitch& switch_;
  sim::SimNetwork network_;
  std::vector<std::unique_ptr<Machine>> machines_;
};

}  // namespace

std::unique_ptr<Nodes> simulated_nodes(const NodePorts& ports, int count, uint64_t seed) {
  return std::make_unique<SimulatedNodes>(ports, count, seed);
}

}  // namespace orrery::daemon
