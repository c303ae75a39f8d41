// The cluster's nodes: a kubelet each, over simulated machines or over a Docker Engine.
#pragma once

#include <memory>
#include <string>

#include "core/cluster/node_switch.h"
#include "core/loop/loop.h"
#include "core/ports/api.h"
#include "core/ports/clock.h"
#include "core/ports/trace.h"
#include "runtime_native/docker/engine_probe.h"
#include "runtime_native/host/host_info.h"
#include "runtime_native/host/loop_driver.h"
#include "runtime_sim/world/sim_world.h"

namespace orrery::daemon {

struct NodePorts {
  loop::Loop& loop;
  ports::ApiHandler& api;
  ports::Clock& clock;
  ports::TraceSink* trace;
  cluster::NodeSwitch& node_switch;
};

class Nodes {
 public:
  virtual ~Nodes() = default;
  // Every kubelet forgets what it knows; containers go on running.
  virtual void stop() = 0;
};

// The nodes and images that `world` says; its times and links are those of virtual worlds alone.
std::unique_ptr<Nodes> simulated_nodes(const NodePorts& ports, const sim::WorldOptions& world);

struct DockerNodesOptions {
  boost::asio::io_context& io;
  host::LoopDriver& driver;
  docker::EngineInfo engine;
  std::string cluster_id;   // label of every container; a restarted server finds them by it
  std::string volumes_dir;
  int count = 1;            // kubelets that share the engine: HOST, HOST-2 and so on, or
  std::string prefix;       // PREFIX-1, PREFIX-2
};
std::unique_ptr<Nodes> docker_nodes(const NodePorts& ports, const DockerNodesOptions& options);

}  // namespace orrery::daemon
