// One simulated machine of a cluster: the node with its kubelet and kube-proxy. The same in a world of virtual time and
// under the native server.
#pragma once

#include "core/kubelet/kubelet.h"
#include "core/network/proxy.h"
#include "runtime_sim/network/sim_dialer.h"
#include "runtime_sim/nodes/sim_node.h"

namespace orrery::sim {

struct NodeSpec {
  Str name;
  Str cpu = "4", memory = "8Gi";
  int32_t pods = 110;
  Map<Str> labels;  // kubernetes.io/arch among them says what the machine is, else it is amd64
  List<api::core_v1::Taint> taints;
  Map<Str> resources;    // more of them: "nvidia.com/gpu": "1", "ephemeral-storage": "100Gi"
  Map<Str> allocatable;  // where that is less than the capacity
};

// A machine's own clock, which may be wrong.
class MachineClock final : public ports::Clock {
 public:
  explicit MachineClock(const ports::Clock& right) : right_(right) {}
  WallTime now() const override { return right_.now() + skew; }
  Duration skew;  // fast by so much

 private:
  const ports::Clock& right_;
};

struct MachinePorts {
  ports::TaskQueue& queue;
  ports::ApiHandler& api;        // as this machine reaches it
  ports::Clock& clock;
  SimNetwork& network;
  ports::TraceSink* trace = nullptr;
  const Registry* registry = nullptr;  // null: the catalogue
};

struct Machine {
  Machine(const MachinePorts& ports, const NodeSpec& spec, uint32_t index, const Rng& rng, const NodeTimings& timings);
  // The processes that belong to Kubernetes; power() of the node is another matter.
  void start();
  void crash();
  // Becomes what `other`, made alike, is in another world.
  void copy_from(const Machine& other);

  MachineClock clock;
  SimNode node;
  SimDialer dialer;
  kubelet::Kubelet kubelet;
  network::KubeProxy proxy;
};

// The cluster's DNS server: the network answers from its table.
class SimDns final : public ports::DnsServer {
 public:
  explicit SimDns(SimNetwork& network) : network_(network) {}
  void serve(ports::DnsTable table) override { network_.set_dns(std::move(table)); }

 private:
  SimNetwork& network_;
};

}  // namespace orrery::sim
