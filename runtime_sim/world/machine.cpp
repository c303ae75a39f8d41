#include "runtime_sim/world/machine.h"

#include "core/base/text.h"

namespace orrery::sim {

namespace v1 = api::core_v1;

namespace {

constexpr const char* kDisk = "100Gi";

kubelet::KubeletOptions kubelet_options(const NodeSpec& spec, const Str& address) {
  kubelet::KubeletOptions o;
  o.node.name = spec.name;
  o.node.ip = address;
  o.node.labels = spec.labels;
  o.node.taints = spec.taints;
  auto quantity = [](const Str& text, int64_t otherwise) {
    auto q = Quantity::parse(text);
    return q.ok() ? *q : Quantity::of(otherwise);
  };
  o.node.capacity.set("cpu", quantity(spec.cpu, 4));
  o.node.capacity.set("memory", quantity(spec.memory, int64_t{8} << 30));
  o.node.capacity.set("pods", Quantity::of(spec.pods));
  o.node.capacity.set("ephemeral-storage", quantity(kDisk, 0));
  for (const auto& [name, amount] : spec.resources) o.node.capacity.set(name, quantity(amount, 0));
  o.node.allocatable = o.node.capacity;
  for (const auto& [name, amount] : spec.allocatable) o.node.allocatable.set(name, quantity(amount, 0));
  v1::NodeSystemInfo& info = o.node.info;
  info.operatingSystem = "linux";
  info.architecture = spec.labels.get("kubernetes.io/arch", "amd64");
  info.osImage = "Orrery simulated machine";
  info.kernelVersion = "6.1.0-orrery";
  info.kubeletVersion = "v1.35.0";
  info.containerRuntimeVersion = "sim://1.0";
  info.machineID = hex64(fnv1a(spec.name));
  info.systemUUID = info.machineID;
  info.bootID = info.machineID;
  o.dns.cluster_domain = "cluster.local";
  o.dns.cluster_dns = {"10.96.0.10"};
  return o;
}

NodeSize size_of(const NodeSpec& spec) {
  NodeSize size;
  auto memory = Quantity::parse(spec.memory);
  if (memory.ok()) size.memory_bytes = memory->value();
  auto disk = Quantity::parse(kDisk);
  if (disk.ok()) size.disk_bytes = disk->value();
  return size;
}

}  // namespace

Machine::Machine(const MachinePorts& p, const NodeSpec& spec, uint32_t index, const Rng& rng, const NodeTimings& timings)
    : clock(p.clock),
      node(p.queue, clock, p.network, p.trace, rng, spec.name, index, timings, size_of(spec), p.registry),
      dialer(p.queue, p.network, spec.name),
      kubelet({p.queue, p.api, clock, node, node, node, node, p.trace, &dialer}, kubelet_options(spec, node.address())),
      proxy(p.queue, p.api, node, p.trace, spec.name) {}

void Machine::start() {
  kubelet.start();
  proxy.start();
}

void Machine::copy_from(const Machine& other) {
  clock.skew = other.clock.skew;
  node.copy_from(other.node);
  dialer.copy_from(other.dialer);
  kubelet.copy_from(other.kubelet);
  proxy.restore(other.proxy.snapshot());
}

void Machine::crash() {
  kubelet.crash();
  proxy.crash();
}

}  // namespace orrery::sim
