// The control plane: API server with its store, controller-manager and scheduler, wired over the ports it is given.
// The same in every world. Kubelets are the world's business: they connect through nodes().
#pragma once

#include <memory>

#include "core/apiserver/apiserver.h"
#include "core/cluster/metrics_server.h"
#include "core/cluster/node_switch.h"
#include "core/controllers/manager.h"
#include "core/loop/loop.h"
#include "core/scheduler/scheduler.h"

namespace orrery::cluster {

// Lets a world put links (latency, cuts) between a component and the API server.
class Links {
 public:
  virtual ~Links() = default;
  // The handler that the component shall call; lives as long as the control plane.
  virtual ports::ApiHandler& link(std::string_view component, ports::ApiHandler& api) = 0;
};

struct ControlPlanePorts {
  loop::Loop& loop;
  ports::Journal& journal;
  const ports::Clock& clock;
  ports::TraceSink* trace = nullptr;
  Links* links = nullptr;        // null: components call the API server directly
};

struct ControlPlaneOptions {
  apiserver::Options api;
  controllers::ManagerOptions controllers;
  scheduler::SchedulerOptions scheduler;
  const ports::ExternalMetrics* outside = nullptr;  // what an adapter reads; null: the cluster has no adapter
};

class ControlPlane {
 public:
  ControlPlane(ControlPlanePorts ports, const Rng& rng, ControlPlaneOptions options = {});

  // Reads the journal, makes the bootstrap objects, starts every component.
  Result<void> start();

  // Parts that can die: "apiserver" (its journal lives on), "controller-manager", "scheduler", "metrics-server". All their
  // memory is dropped. False when there is no such part.
  bool stop_part(std::string_view part);
  bool start_part(std::string_view part);
  // Instead of start(): becomes what `other`, made with the same options, is in another world. Its nodes() only take
  // over streams: connect the machines as they are there.
  void copy_from(const ControlPlane& other);

  apiserver::ApiServer& api() { return *api_; }
  controllers::ControllerManager& controllers() { return *controllers_; }
  scheduler::Scheduler& scheduler() { return *scheduler_; }
  NodeSwitch& nodes() { return *nodes_; }

 private:
  ports::ApiHandler* metrics_link_ = nullptr;
  std::unique_ptr<NodeSwitch> nodes_;
  std::unique_ptr<apiserver::ApiServer> api_;
  std::unique_ptr<MetricsServer> metrics_;
  std::unique_ptr<controllers::ControllerManager> controllers_;
  std::unique_ptr<scheduler::Scheduler> scheduler_;
};

}  // namespace orrery::cluster
