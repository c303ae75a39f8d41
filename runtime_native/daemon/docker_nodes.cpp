#include <boost/asio/io_context.hpp>
#include <vector>

#include "core/kubelet/kubelet.h"
#include "runtime_native/daemon/nodes.h"
#include "runtime_native/docker/docker_images.h"
#include "runtime_native/docker/docker_runtime.h"
#include "runtime_native/host/host_volumes.h"
#include "runtime_native/http/net_dialer.h"
#include "runtime_native/http/net_prober.h"

namespace orrery::daemon {
namespace {

// Of this machine: the engine is here, when its socket is. Images may have a disk of their own.
ports::MachineReading read_machine() {
  constexpr const char* kImages = "/var/lib/docker";
  const host::HostUse use = host::read_host_use();
  const host::DiskUse root = host::read_disk_use("/"), images = host::read_disk_use(kImages);
  ports::MachineReading r;
  r.memory_capacity = use.memory_bytes;
  r.memory_available = use.memory_available_bytes;
  r.node_fs = {root.capacity_bytes, root.available_bytes};
  r.image_fs = images.capacity_bytes > 0 ? ports::DiskReading{images.capacity_bytes, images.available_bytes} : r.node_fs;
  r.pids_max = use.pids_max;
  r.pids_running = use.pids_running;
  return r;
}

kubelet::KubeletOptions kubelet_options(const Str& name, const docker::EngineInfo& engine) {
  host::HostInfo machine = host::read_host_info();
  kubelet::KubeletOptions o;
  o.node.name = name;
  o.node.ip = machine.address;
  o.node.capacity.set("cpu", Quantity::of(engine.cpus > 0 ? engine.cpus : static_cast<int64_t>(machine.cpus)));
  o.node.capacity.set("memory", Quantity::of(engine.memory_bytes > 0 ? engine.memory_bytes : static_cast<int64_t>(machine.memory_bytes)));
  o.node.capacity.set("pods", Quantity::of(110));
  o.node.capacity.set("ephemeral-storage", Quantity::of(host::read_disk_use("/").capacity_bytes));
  o.node.allocatable = o.node.capacity;
  api::core_v1::NodeSystemInfo& info = o.node.info;
  info.operatingSystem = machine.operating_system;
  info.architecture = machine.architecture;
  info.osImage = engine.operating_system.empty() ? machine.os_image : engine.operating_system;
  info.kernelVersion = engine.kernel.empty() ? machine.kernel_version : engine.kernel;
  info.kubeletVersion = "v1.35.0";
  info.containerRuntimeVersion = cat(engine.name(), "://", engine.version);
  info.machineID = machine.machine_id;
  info.systemUUID = machine.machine_id;
  info.bootID = machine.boot_id;
  o.dns.cluster_domain = "cluster.local";
  // The machine is its owner's: a disk that is nearly full is no reason to evict, and images that Orrery does not use are
  // not Orrery's to remove. (kind sets its kubelets so, for the same reason.)
  o.eviction_hard = {{kubelet::Signal::MemoryAvailable, int64_t{100} << 20, 0}};
  o.image_gc.on = false;
  return o;
}

class DockerNodes final : public Nodes {
 public:
  DockerNodes(const NodePorts& ports, const DockerNodesOptions& options)
      : switch_(ports.node_switch), volumes_(options.volumes_dir, options.driver), prober_(options.io, ports.loop),
        dialer_(options.io, ports.loop) {
    std::string host = host::read_host_info().host_name;
    for (int i = 1; i <= options.count; ++i) {
      Str name = !options.prefix.empty() ? Str(cat(options.prefix, "-", i)) : i == 1 ? Str(host) : Str(cat(host, "-", i));
      machines_.push_back(std::make_unique<Machine>(ports, options, name, volumes_, prober_, dialer_));
      switch_.connect(name, machines_.back()->kubelet.server());
      machines_.back()->kubelet.start();
    }
  }
  ~DockerNodes() override {
    for (auto& machine : machines_) switch_.disconnect(machine->name);
  }
  void stop() override {
    for (auto& machine : machines_) machine->kubelet.crash();
  }

 private:
  struct Machine {
    Machine(const NodePorts& p, const DockerNodesOptions& o, const Str& node, host::HostVolumes& volumes, http::NetProber& prober,
            http::NetDialer& dialer)
        : name(node),
          runtime(o.io, p.loop, {o.engine.address, {o.cluster_id, node}, read_machine}),
          images(o.io, p.loop, o.engine.address),
          kubelet({p.loop, p.api, p.clock, runtime, images, volumes, prober, p.trace, &dialer}, kubelet_options(node, o.engine)) {}
    Str name;
    docker::DockerRuntime runtime;
    docker::DockerImages images;
    kubelet::Kubelet kubelet;
  };
  cluster::NodeSwitch& switch_;
  host::HostVolumes volumes_;
  http::NetProber prober_;
  http::NetDialer dialer_;
  std::vector<std::unique_ptr<Machine>> machines_;
};

}  // namespace

std::unique_ptr<Nodes> docker_nodes(const NodePorts& ports, const DockerNodesOptions& options) {
  return std::make_unique<DockerNodes>(ports, options);
}

}  // namespace orrery::daemon
