// The native control plane: core over real time, the SQLite journal and the HTTPS server, on one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "runtime_native/daemon/state_dir.h"
#include "runtime_native/docker/engine_probe.h"
#include "runtime_sim/recording/recording.h"

namespace orrery::daemon {

struct ControlPlaneOptions {
  StateDir state;
  std::string api_address = "127.0.0.1";
  uint16_t api_port = 6443;
  uint16_t page_port = 8080;
  std::string web_dir;
  std::optional<docker::EngineInfo> engine;  // of the nodes; none: they are simulated
  std::string cluster_id;
  int nodes = 0;
  std::string node_prefix;  // nodes on an engine: PREFIX-1, PREFIX-2 ...; "": after the machine
  bool api_only = false;  // nothing but the API server runs
  uint64_t seed = 0;  // of the simulated nodes
  std::optional<sim::Recording> recording;  // the simulated nodes are its; in a new state its lines are typed
};

class ControlPlane {
 public:
  // Takes the state folder, makes the keys when they are missing, loads the journal, listens and writes the kubeconfig.
  // Every failure is one sentence; nothing is left behind but the folder.
  static Result<std::unique_ptr<ControlPlane>> open(const ControlPlaneOptions& options);
  virtual ~ControlPlane() = default;

  virtual uint16_t api_port() const = 0;
  virtual uint16_t page_port() const = 0;
  virtual std::string page_url() const = 0;
  virtual void on_new_page_url(std::function<void(const std::string&)> f) = 0;

  // Runs until SIGINT or SIGTERM, then ends cleanly: connections get a moment, the journal is closed. A second signal
  // cuts the moment short.
  virtual void run() = 0;
};

}  // namespace orrery::daemon
