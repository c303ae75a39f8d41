// The Docker Engine that this machine's user reaches: DOCKER_HOST, the default socket, or podman's.
#pragma once

#include <string>

#include "core/base/result.h"
#include "runtime_native/docker/engine_probe.h"

namespace orrery::daemon {

// Blocking; the error says which address was tried.
Result<docker::EngineInfo> local_engine();

// Removes every container of that cluster, running or not, with its anonymous volumes. Blocking. How many there were.
Result<int> remove_cluster_containers(const docker::EngineAddress& engine, const std::string& cluster_id);

}  // namespace orrery::daemon
