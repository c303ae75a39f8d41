#include <vector>

#include "core/network/policy_agent.h"
#include "runtime_native/daemon/nodes.h"
#include "runtime_sim/world/machine.h"

namespace orrery::daemon {
namespace {

class SimulatedNodes final : public Nodes {
 public:
  SimulatedNodes(const NodePorts& ports, const sim::WorldOptions& world)
      : switch_(ports.node_switch), registry_(world.images), network_(ports.loop, ports.trace, {}), dns_server_(network_),
        dns_(ports.loop, ports.api, dns_server_, ports.trace),
        policies_(ports.loop, ports.api, network::cluster_dns_end(sim::kDnsAddress)) {
    network_.set_filter(&policies_);
    Rng rng(world.seed);
    for (const sim::NodeSpec& spec : specs(world)) {
      machines_.push_back(std::make_unique<sim::Machine>(
          sim::MachinePorts{ports.loop, ports.api, ports.clock, network_, ports.trace, &registry_}, spec,
          static_cast<uint32_t>(machines_.size()), rng.child(cat("node/", spec.name)), sim::NodeTimings{}));
      switch_.connect(spec.name, machines_.back()->kubelet.server());
      machines_.back()->start();
    }
    dns_.start();
    policies_.start();
  }
  ~SimulatedNodes() override {
    for (auto& machine : machines_) switch_.disconnect(machine->node.name());
  }
  void stop() override {
    dns_.crash();
    policies_.stop();
    for (auto& machine : machines_) machine->crash();
  }

 private:
  static List<sim::NodeSpec> specs(const sim::WorldOptions& world) {
    List<sim::NodeSpec> out = world.nodes;
    for (uint32_t i = 1; world.nodes.empty() && i <= world.node_count; ++i) {
      sim::NodeSpec spec;
      spec.name = cat("node-", i);
      out.push_back(std::move(spec));
    }
    return out;
  }

  cluster::NodeSwitch& switch_;
  sim::Registry registry_;
  sim::SimNetwork network_;
  sim::SimDns dns_server_;
  network::ClusterDns dns_;
  network::PolicyAgent policies_;
  std::vector<std::unique_ptr<sim::Machine>> machines_;
};

}  // namespace

std::unique_ptr<Nodes> simulated_nodes(const NodePorts& ports, const sim::WorldOptions& world) {
  return std::make_unique<SimulatedNodes>(ports, world);
}

}  // namespace orrery::daemon
