// The engine's event stream, kept open: after every (re)connection a Resync, then events as they come.
#pragma once

#include <functional>

#include "core/ports/container_runtime.h"
#include "runtime_native/docker/container_config.h"
#include "runtime_native/docker/engine_containers.h"
#include "runtime_native/docker/pull_progress.h"

namespace orrery::docker {

class EventWatch {
 public:
  using Sink = std::function<void(const ports::RuntimeEvent&)>;
  EventWatch(EngineContainers& containers, Owner owner, Sink sink);
  ~EventWatch();
  void start();
  // While true every change reaches the sink.
  bool connected() const { return connected_; }

 private:
  void connect();
  EngineContainers& containers_;
  Owner owner_;
  Sink sink_;
  EngineStreamPtr stream_;
  LineReader lines_;
  Duration wait_;
  bool connected_ = false;
};

}  // namespace orrery::docker
