// How a pod gets its network and its other shared namespaces. A container that holds them (PauseSandboxes) works on
// every engine; namespaces of our own, which need no such container, would be another implementation.
#pragma once

#include <functional>

#include "core/ports/container_runtime.h"
#include "runtime_native/docker/container_config.h"
#include "runtime_native/docker/engine_containers.h"

namespace orrery::docker {

class Sandboxes {
 public:
  using JoinDone = std::function<void(Result<Joined>)>;
  virtual ~Sandboxes() = default;
  // The id of a running sandbox.
  virtual void run(ports::SandboxSpec spec, IdDone done) = 0;
  // Both idempotent. What still runs in the sandbox is killed or removed with it.
  virtual void stop(const Str& id, Done done) = 0;
  virtual void remove(const Str& id, Done done) = 0;
  // The namespaces that a container of this sandbox joins. NotFound when there is no such sandbox.
  virtual void join(const Str& id, bool share_pid, JoinDone done) = 0;
};

}  // namespace orrery::docker
