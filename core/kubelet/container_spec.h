// Turns a pod's sandbox and containers into what the runtime is asked for. Pure.
#pragma once

#include <map>

#include "core/base/result.h"
#include "core/kubelet/pod_state.h"

namespace orrery::kubelet {

struct SandboxInputs {
  Str cluster_domain;         // "cluster.local"
  List<Str> cluster_dns;      // addresses of the cluster's DNS server
  List<Str> node_dns;         // the node's own servers, for dnsPolicy Default
  List<Str> node_searches;
};

ports::SandboxSpec make_sandbox(const api::core_v1::Pod& pod, uint32_t attempt, const SandboxInputs& in);

// `env` is complete; `mounts` are by volume name. Fails with CreateContainerConfigError's message.
Result<ports::ContainerSpec> make_container(const api::core_v1::Pod& pod, const api::core_v1::Container& container,
                                            bool init, uint32_t attempt, const Str& sandbox_id, const Str& image,
                                            const List<ports::EnvPair>& env,
                                            const std::map<Str, ports::MountSpec>& mounts, int64_t node_memory_bytes);

// Whether the image's user has a say in whether the container may start.
bool asks_for_non_root(const api::core_v1::Pod& pod, const api::core_v1::Container& container);
// Fails with CreateContainerConfigError's message. Users as ports::ImageInfo has them.
// Source: pkg/kubelet/kuberuntime/security_context.go verifyRunAsNonRoot.
Result<void> check_non_root(const api::core_v1::Pod& pod, const api::core_v1::Container& container, int64_t image_user,
                            const Str& image_user_name);

// Recognises a container whose definition changed (only the image may, in a running pod).
Str spec_hash(const api::core_v1::Container& container);

}  // namespace orrery::kubelet
