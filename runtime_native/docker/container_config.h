// What the Engine is asked to create for a pod's sandbox and containers: names, labels and request bodies. Pure.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/ports/container_runtime.h"
#include "runtime_native/docker/json_fields.h"

namespace orrery::docker {

// Labels hold what a restarted kubelet needs to find its pods again.
inline constexpr std::string_view kLabelCluster = "io.orrery.cluster";
inline constexpr std::string_view kLabelNode = "io.orrery.node";
inline constexpr std::string_view kLabelKind = "io.orrery.kind";  // "sandbox" or "container"
inline constexpr std::string_view kLabelPodUid = "io.orrery.pod.uid";
inline constexpr std::string_view kLabelPodName = "io.orrery.pod.name";
inline constexpr std::string_view kLabelPodNamespace = "io.orrery.pod.namespace";
inline constexpr std::string_view kLabelContainer = "io.orrery.container";
inline constexpr std::string_view kLabelAttempt = "io.orrery.attempt";
inline constexpr std::string_view kLabelSandbox = "io.orrery.sandbox";  // of a container: its sandbox's id
inline constexpr std::string_view kLabelSpecHash = "io.orrery.spec-hash";

struct Owner {  // whose containers these are: several kubelets may share one engine
  Str cluster;
  Str node;
};

// How a container joins its sandbox's namespaces: Docker's NetworkMode, IpcMode and PidMode ("" for one of its own).
struct Joined {
  std::string network, ipc, pid;
};

std::string sandbox_name(const ports::SandboxSpec& spec);      // k8s_POD_<pod>_<ns>_<uid>_<attempt>
std::string container_name(const ports::ContainerSpec& spec);  // k8s_<container>_<pod>_<ns>_<uid>_<attempt>

// oom_score_adj_min: the lowest value this engine may set (an engine without CAP_SYS_RESOURCE fails on negative ones).
Json sandbox_config(const ports::SandboxSpec& spec, const Owner& owner, std::string_view pause_image,
                    int oom_score_adj_min);
// BadRequest for what Docker can't do (a relative or escaping subPath, a mount of files that has no host path).
Result<Json> container_config(const ports::ContainerSpec& spec, const Owner& owner, const Joined& joined,
                              int oom_score_adj_min);
// Body of POST /containers/{id}/update; 0 leaves a limit as it is.
Json update_config(int64_t memory_bytes, int64_t cpu_milli);

// Filter for GET /containers/json and /events: everything of this owner, or of one pod of it. URL-encoded.
std::string owner_filter(const Owner& owner, std::string_view pod_uid = {});
std::string event_filter(const Owner& owner);

}  // namespace orrery::docker
