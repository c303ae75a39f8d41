// Files on a node that become a container's mounts: ConfigMap, Secret, downward API and projected volumes, emptyDir,
// hostPath. Natively directories under the kubelet's root; simulated: kept as data.
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/ports/container_runtime.h"

namespace orrery::ports {

struct VolumeFile {
  Str path;      // relative, may hold '/'
  Str content;
  int32_t mode = 0644;
};

struct VolumeSpec {
  enum class Type : uint8_t { Files, EmptyDir, MemoryDir, HostPath };
  Type type = Type::EmptyDir;
  PodRef pod;
  Str name;
  List<VolumeFile> files;     // Files: the whole content; set again to update (atomic swap as Kubernetes does)
  Str host_path;              // HostPath
  Str host_path_type;         // "", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", ...
  int64_t size_limit_bytes = 0;
  int64_t fs_group = -1;
};

struct VolumeUsage {
  Str name;
  int64_t used_bytes = 0;
};

class NodeVolumes {
 public:
  virtual ~NodeVolumes() = default;
  // Result<MountSpec>: how a container mounts it (container_path and read_only are the caller's to fill)
  virtual void set_up(VolumeSpec spec, ReplyTo reply) = 0;
  // Result<void>: removes all volumes of the pod (hostPath content stays)
  virtual void tear_down(PodRef pod, ReplyTo reply) = 0;
  // Result<std::vector<VolumeUsage>>: of the pod's emptyDir volumes, sorted by name
  virtual void usage(PodRef pod, ReplyTo reply) = 0;
};

}  // namespace orrery::ports
