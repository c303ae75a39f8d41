// The rules of node-pressure eviction: which thresholds are met, whom to evict first, and what to say about it. Pure.
// Source: Kubernetes pkg/kubelet/eviction (helpers.go, eviction_manager.go), documentation "Node-pressure Eviction".
// All amounts are bytes; thresholds are hard ones, which have no grace period.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/api/gen/core_v1.h"
#include "core/ports/container_runtime.h"
#include "core/ports/node_volumes.h"

namespace orrery::kubelet {

enum class Signal : uint8_t { MemoryAvailable, NodeFsAvailable, ImageFsAvailable, PidAvailable };
enum class Pressure : uint8_t { Memory, Disk, Pid };
constexpr int kPressures = 3;

struct Threshold {
  Signal signal = Signal::MemoryAvailable;
  int64_t quantity = 0;  // bytes or processes; 0: `percent` of the capacity
  int32_t percent = 0;
};

// The kubelet's defaults: memory.available<100Mi, nodefs.available<10%, imagefs.available<15%.
std::vector<Threshold> default_thresholds();

Pressure pressure_of(Signal signal);
// "MemoryPressure", "DiskPressure", "PIDPressure"
const char* condition_name(Pressure pressure);
// "memory", "ephemeral-storage", "pids"
const char* resource_name(Pressure pressure);

// A threshold that is met: what it asks for, and what there is.
struct Shortage {
  Signal signal = Signal::MemoryAvailable;
  int64_t quantity = 0;
  int64_t available = 0;
};
// In the order in which they are reclaimed: memory first. Signals without a reading meet nothing.
std::vector<Shortage> shortages(const std::vector<Threshold>& thresholds, const ports::MachineReading& reading);

struct ContainerUse {
  Str name;
  int64_t memory = 0, disk = 0;
};
// What a pod uses, as far as it was read.
struct PodUse {
  bool known = false;  // something was read of it; pods without readings are evicted first
  std::vector<ContainerUse> containers;
  std::vector<ports::VolumeUsage> volumes;  // its emptyDirs
  int64_t memory() const;
  int64_t disk(const api::core_v1::Pod& pod) const;  // layers, logs and emptyDirs that are not in memory
};
struct Candidate {
  const api::core_v1::Pod* pod = nullptr;
  PodUse use;
};

// Whom to evict first stands first: those above their request, then the lower priority, then the greater use above the
// request. Under PID pressure the priority alone decides. Those alike keep their order.
void rank_for_eviction(Pressure pressure, std::vector<Candidate>& pods);

// "The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi. Container web was using ..."
std::string eviction_message(const Shortage& shortage, const Candidate& victim);

// Why the pod is evicted for its own local storage: an emptyDir, or its ephemeral-storage limits; "" when it may stay.
std::string storage_excess(const Candidate& pod);
// False: storage_excess() can't find anything, whatever the pod uses.
bool has_storage_limits(const api::core_v1::Pod& pod);

// A pod that the kubelet never evicts nor refuses for pressure: of system-cluster-critical priority or above.
bool is_critical(const api::core_v1::Pod& pod);
constexpr int32_t kSystemCritical = 2'000'000'000;

// "The node had condition: [MemoryPressure]. " when a pod can't be admitted under these pressures; "" when it can.
std::string refused_for(const std::array<bool, kPressures>& under, const api::core_v1::Pod& pod);

}  // namespace orrery::kubelet
