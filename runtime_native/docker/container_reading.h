// What the Engine's answers and events say about pods. Pure.
#pragma once

#include <optional>
#include <vector>

#include "core/ports/container_runtime.h"
#include "runtime_native/docker/json_fields.h"

namespace orrery::docker {

ports::PodRef pod_of_labels(const Json& labels);
bool is_sandbox(const Json& labels);

// From an element of GET /containers/json, which tells all that a sandbox's status needs.
ports::SandboxStatus sandbox_status(const Json& listed);

// From GET /containers/{id}/json.
ports::ContainerStatus container_status(const Json& inspected);

// A line of GET /events; nothing when it is none of ours. A sandbox's start and removal tell the kubelet nothing.
std::optional<ports::RuntimeEvent> read_event(std::string_view line);

// Groups by pod uid, in order of uid: sandboxes newest first, containers by name and attempt.
class PodGroups {
 public:
  void add(const ports::SandboxStatus& sandbox);
  void add(const ports::PodRef& pod, const ports::ContainerStatus& container);
  std::vector<ports::PodStatus> take();

 private:
  ports::PodStatus& of(const ports::PodRef& pod);
  std::vector<ports::PodStatus> pods_;
};

}  // namespace orrery::docker
