// A pod's volumes as files and directories on the node. Rules: pkg/volume/{configmap,secret,downwardapi,projected,emptydir,hostpath}.
#pragma once

#include "core/base/result.h"
#include "core/kubelet/config_source.h"
#include "core/kubelet/env.h"
#include "core/ports/node_volumes.h"

namespace orrery::kubelet {

struct VolumesOutcome {
  bool loading = false;             // a ConfigMap or Secret isn't here yet
  std::vector<ports::VolumeSpec> specs;
  uint64_t fingerprint = 0;         // of all file contents: changes when a ConfigMap or Secret changed
};

// Errors carry the message of the FailedMount event:
// `MountVolume.SetUp failed for volume "conf" : configmap "app" not found`.
Result<VolumesOutcome> make_volumes(const api::core_v1::Pod& pod, const Str& pod_ip, const Str& host_ip,
                                    const Map<Quantity>* allocatable, ConfigSource& config);

}  // namespace orrery::kubelet
