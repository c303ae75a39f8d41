// A pod's volumes as directories of this machine: ROOT/<pod uid>/<volume>, bound into its containers.
//
// ConfigMaps, Secrets and the like are written as Kubernetes' AtomicWriter does: the files stand in a hidden directory
// behind the symlink "..data", which an update swaps, so that a container sees all old files or all new ones.
#pragma once

#include <memory>
#include <string>

#include "core/ports/node_volumes.h"

namespace orrery::host {

class LoopDriver;

class HostVolumes final : public ports::NodeVolumes {
 public:
  // Work is done on a thread of its own, in order. `root` is made when needed; the driver outlives this.
  HostVolumes(std::string root, LoopDriver& driver);
  ~HostVolumes() override;
  void set_up(ports::VolumeSpec spec, ports::ReplyTo reply) override;
  void tear_down(ports::PodRef pod, ports::ReplyTo reply) override;
  void usage(ports::PodRef pod, ports::ReplyTo reply) override;

 private:
  struct Worker;
  std::unique_ptr<Worker> worker_;
};

// The work itself, blocking.
Result<ports::MountSpec> set_up_volume(const std::string& root, const ports::VolumeSpec& spec);
Result<void> tear_down_volumes(const std::string& root, const ports::PodRef& pod);
// Of the pod's folders, which are its emptyDirs and what the API wrote; at most kUsageFilesMax files are counted.
std::vector<ports::VolumeUsage> volume_usage(const std::string& root, const ports::PodRef& pod);
constexpr int kUsageFilesMax = 100'000;

}  // namespace orrery::host
