// Computes a pod's API status from its spec, what the runtime reports and what the kubelet remembers. Pure.
// Rules: Kubernetes pkg/kubelet/kubelet_pods.go (generateAPIPodStatus, getPhase), pkg/kubelet/status/generate.go.
#pragma once

#include "core/kubelet/pod_state.h"

namespace orrery::kubelet {

struct NodeFacts {
  Str runtime_name;   // "docker", "containerd", "sim": prefix of container ids
  Str host_ip;
};

// Newest container of that name that the runtime knows, or null; `older` gets the one before it.
const ports::ContainerStatus* newest(const ports::PodStatus& observed, std::string_view name,
                                     const ports::ContainerStatus** older = nullptr);

bool is_sidecar(const api::core_v1::Container& init_container);

// The restart policy that holds for a container ("Always", "OnFailure", "Never").
std::string_view restart_policy_of(const api::core_v1::Pod& pod, const api::core_v1::Container& container, bool init);

// True when the container has ended and its restart policy doesn't bring it back.
bool ended_for_good(const api::core_v1::Pod& pod, const api::core_v1::Container& container, bool init,
                    const ports::ContainerStatus* status);

// True when all init containers that must complete have, and sidecars have started.
bool initialized(const PodState& state);

// The pod's ephemeral containers as plain ones that never restart: they are started, reported and stopped alike.
List<api::core_v1::Container> ephemeral_containers(const api::core_v1::Pod& pod);

// A container of the pod runs: its phase can't be Failed or Succeeded yet.
bool still_running(const PodState& state);

api::core_v1::PodStatus compute_status(const PodState& state, const NodeFacts& node, WallTime now);

}  // namespace orrery::kubelet
