// Is there an engine, and which?
#pragma once

#include <functional>
#include <string>

#include "core/base/result.h"
#include "runtime_native/docker/engine_client.h"

namespace orrery::docker {

struct EngineInfo {
  EngineAddress address;
  bool podman = false;
  std::string version, api_version, os, architecture, kernel, root_dir, storage_driver, cgroup_version, cgroup_driver,
      operating_system;
  int cpus = 0;
  int64_t memory_bytes = 0;
  bool rootless = false, live_restore = false;

  std::string name() const { return podman ? "podman" : "docker"; }
};

// ServiceUnavailable when nobody answers; NotAcceptable when it doesn't speak our API version.
void probe_engine(EngineClient& client, std::function<void(Result<EngineInfo>)> done);

// Blocking, for a program's start: the first address that answers. The error of the first one when none does.
Result<EngineInfo> find_engine(const std::vector<EngineAddress>& candidates, Duration timeout_each);

}  // namespace orrery::docker
