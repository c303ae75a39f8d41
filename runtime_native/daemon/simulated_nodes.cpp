#include <vector>

#include "core/network/policy_agent.h"
#include "runtime_native/daemon/nodes.h"
#include "runtime_sim/world/machine.h"

namespace orrery::daemon {
namespace {

class SimulatedNodes final : public Nodes {
 public:
  SimulatedNodes(const NodePorts& ports, int count, uint64_t seed)
      : switch_(ports.node_switch), network_(ports.loop, ports.trace, {}), dns_server_(network_),
        dns_(ports.loop, ports.api, dns_server_, ports.trace),
        policies_(ports.loop, ports.api, network::cluster_dns_end(sim::kDnsAddress)) {
    network_.set_filter(&policies_);
    Rng rng(seed);
    for (int i = 1; i <= count; ++i) {
      sim::NodeSpec spec;
      spec.name = cat("node-", i);
      machines_.push_back(std::make_unique<sim::Machine>(
          sim::MachinePorts{ports.loop, ports.api, ports.clock, network_, ports.trace}, spec, static_cast<uint32_t>(i - 1),
          rng.child(cat("node/", spec.name)), sim::NodeTimings{}));
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
  cluster::NodeSwitch& switch_;
  sim::SimNetwork network_;
  sim::SimDns dns_server_;
  network::ClusterDns dns_;
  network::PolicyAgent policies_;
  std::vector<std::unique_ptr<sim::Machine>> machines_;
};

}  // namespace

std::unique_ptr<Nodes> simulated_nodes(const NodePorts& ports, int count, uint64_t seed) {
  return std::make_unique<SimulatedNodes>(ports, count, seed);
}

}  // namespace orrery::daemon
