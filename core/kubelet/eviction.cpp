#include "core/kubelet/eviction.h"

#include <algorithm>

#include "core/api/usage/usage.h"
#include "core/base/text.h"
#include "core/client/match.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;

namespace {

constexpr const char* kMemory = "memory";
constexpr const char* kDisk = "ephemeral-storage";

std::string binary(int64_t bytes) { return Quantity::of(bytes, Quantity::Format::BinarySI).str(); }

int64_t request_of(const v1::Pod& pod, const char* resource) {
  return api::pod_requests(pod.spec).get(resource).value();
}

// Kubernetes holds the percentage as a 32-bit float: 10% of a disk is a little more than a tenth, and its messages show
// it. The same in integers: percent/100 as a 24-bit mantissa and an exponent.
int64_t percentage(int64_t capacity, int32_t percent) {
  if (percent <= 0) return 0;
  int shift = 24;
  int64_t top = int64_t{percent} << shift;
  while (top / 100 < (int64_t{1} << 23)) ++shift, top *= 2;
  const int64_t mantissa = (top + 50) / 100;
  const int64_t low = capacity & ((int64_t{1} << shift) - 1);
  return (capacity >> shift) * mantissa + ((low * mantissa) >> shift);
}

struct Seen {
  int64_t capacity = 0, available = 0;
};
Seen seen(Signal signal, const ports::MachineReading& r) {
  switch (signal) {
    case Signal::MemoryAvailable:
      return {r.memory_capacity, r.memory_available};
    case Signal::NodeFsAvailable:
      return {r.node_fs.capacity, r.node_fs.available};
    case Signal::ImageFsAvailable:
      return {r.image_fs.capacity, r.image_fs.available};
    case Signal::PidAvailable:
      return {r.pids_max, r.pids_max - r.pids_running};
  }
  return {};
}

bool in_memory(const v1::Pod& pod, const Str& volume) {
  const v1::Volume* v = pod.spec.volumes.find_if([&](const v1::Volume& x) { return x.name == volume; });
  return v && v->emptyDir && v->emptyDir->medium == "Memory";
}

// What decides, smallest first.
struct Rank {
  bool unknown = false, within = false;
  int32_t priority = 0;
  int64_t above = 0;  // the request
};
Rank rank_of(Pressure pressure, const Candidate& c) {
  Rank r;
  r.priority = c.pod->spec.priority.value_or(0);
  if (pressure == Pressure::Pid) return r;
  r.unknown = !c.use.known;
  if (r.unknown) return r;
  const bool memory = pressure == Pressure::Memory;
  const int64_t used = memory ? c.use.memory() : c.use.disk(*c.pod);
  r.above = used - request_of(*c.pod, memory ? kMemory : kDisk);
  r.within = r.above <= 0;
  return r;
}

}  // namespace

std::vector<Threshold> default_thresholds() {
  return {{Signal::MemoryAvailable, int64_t{100} << 20, 0},
          {Signal::NodeFsAvailable, 0, 10},
          {Signal::ImageFsAvailable, 0, 15}};
}

Pressure pressure_of(Signal signal) {
  switch (signal) {
    case Signal::MemoryAvailable:
      return Pressure::Memory;
    case Signal::PidAvailable:
      return Pressure::Pid;
    case Signal::NodeFsAvailable:
    case Signal::ImageFsAvailable:
      break;
  }
  return Pressure::Disk;
}

const char* condition_name(Pressure pressure) {
  constexpr const char* kNames[] = {"MemoryPressure", "DiskPressure", "PIDPressure"};
  return kNames[static_cast<int>(pressure)];
}

const char* resource_name(Pressure pressure) {
  constexpr const char* kNames[] = {kMemory, kDisk, "pids"};
  return kNames[static_cast<int>(pressure)];
}

std::vector<Shortage> shortages(const std::vector<Threshold>& thresholds, const ports::MachineReading& reading) {
  std::vector<Shortage> out;
  for (bool memory : {true, false})
    for (const Threshold& t : thresholds) {
      if ((pressure_of(t.signal) == Pressure::Memory) != memory) continue;
      const Seen s = seen(t.signal, reading);
      if (s.capacity <= 0) continue;
      const int64_t wanted = t.quantity > 0 ? t.quantity : percentage(s.capacity, t.percent);
      if (s.available < wanted) out.push_back({t.signal, wanted, s.available});
    }
  return out;
}

int64_t PodUse::memory() const {
  int64_t sum = 0;
  for (const ContainerUse& c : containers) sum += c.memory;
  return sum;
}

int64_t PodUse::disk(const v1::Pod& pod) const {
  int64_t sum = 0;
  for (const ContainerUse& c : containers) sum += c.disk;
  for (const ports::VolumeUsage& v : volumes)
    if (!in_memory(pod, v.name)) sum += v.used_bytes;
  return sum;
}

void rank_for_eviction(Pressure pressure, std::vector<Candidate>& pods) {
  struct Ranked {
    Rank rank;
    Candidate pod;
  };
  std::vector<Ranked> list;
  list.reserve(pods.size());
  for (Candidate& c : pods) {
    const Rank rank = rank_of(pressure, c);
    list.push_back({rank, std::move(c)});
  }
  std::stable_sort(list.begin(), list.end(), [](const Ranked& a, const Ranked& b) {
    if (a.rank.unknown != b.rank.unknown) return a.rank.unknown;
    if (a.rank.within != b.rank.within) return b.rank.within;
    if (a.rank.priority != b.rank.priority) return a.rank.priority < b.rank.priority;
    return a.rank.above > b.rank.above;
  });
  for (size_t i = 0; i < list.size(); ++i) pods[i] = std::move(list[i].pod);
}

std::string eviction_message(const Shortage& shortage, const Candidate& victim) {
  const Pressure pressure = pressure_of(shortage.signal);
  const char* resource = resource_name(pressure);
  const bool pids = pressure == Pressure::Pid;
  auto amount = [&](int64_t n) { return pids ? Quantity::of(n).str() : binary(n); };
  std::string out = cat("The node was low on resource: ", resource, ". Threshold quantity: ", amount(shortage.quantity),
                        ", available: ", amount(shortage.available), ". ");
  if (pids) return out;
  for (const ContainerUse& use : victim.use.containers) {
    auto named = [&](const v1::Container& c) { return c.name == use.name; };
    const v1::Container* c = victim.pod->spec.containers.find_if(named);
    if (!c) c = victim.pod->spec.initContainers.find_if(named);
    if (!c) continue;
    const Quantity request = c->resources.requests.get(resource);
    const int64_t used = pressure == Pressure::Memory ? use.memory : use.disk;
    if (Quantity::of(used) <= request) continue;
    out += cat("Container ", c->name, " was using ", binary(used), ", request is ", request.str(),
               ", has larger consumption of ", resource, ". ");
  }
  return out;
}

bool has_storage_limits(const v1::Pod& pod) {
  for (const v1::Volume& v : pod.spec.volumes)
    if (v.emptyDir && v.emptyDir->sizeLimit && v.emptyDir->sizeLimit->sign() > 0) return true;
  for (const List<v1::Container>* list : {&pod.spec.containers, &pod.spec.initContainers})
    for (const v1::Container& c : *list)
      if (c.resources.limits.contains(kDisk)) return true;
  return false;
}

std::string storage_excess(const Candidate& c) {
  for (const v1::Volume& v : c.pod->spec.volumes) {
    if (!v.emptyDir || !v.emptyDir->sizeLimit || v.emptyDir->sizeLimit->sign() <= 0) continue;
    for (const ports::VolumeUsage& use : c.use.volumes)
      if (use.name == v.name && Quantity::of(use.used_bytes) > *v.emptyDir->sizeLimit)
        return cat("Usage of EmptyDir volume ", orrery::quoted(v.name), " exceeds the limit ",
                   orrery::quoted(v.emptyDir->sizeLimit->str()), ". ");
  }
  const api::Usage limits = api::pod_limits(c.pod->spec);
  if (const Quantity* limit = limits.find(kDisk); limit && Quantity::of(c.use.disk(*c.pod)) > *limit)
    return cat("Pod ephemeral local storage usage exceeds the total limit of containers ", limit->str(), ". ");
  for (const ContainerUse& use : c.use.containers) {
    const v1::Container* spec =
        c.pod->spec.containers.find_if([&](const v1::Container& x) { return x.name == use.name; });
    const Quantity* limit = spec ? spec->resources.limits.find(kDisk) : nullptr;
    if (limit && !limit->is_zero() && Quantity::of(use.disk) > *limit)
      return cat("Container ", use.name, " exceeded its local ephemeral storage limit ", orrery::quoted(limit->str()),
                 ". ");
  }
  return {};
}

bool is_critical(const v1::Pod& pod) { return pod.spec.priority.value_or(0) >= kSystemCritical; }

std::string refused_for(const std::array<bool, kPressures>& under, const v1::Pod& pod) {
  std::string names;
  for (int i = 0; i < kPressures; ++i)
    if (under[static_cast<size_t>(i)]) names += cat(names.empty() ? "" : " ", condition_name(static_cast<Pressure>(i)));
  if (names.empty() || is_critical(pod)) return {};
  if (names == "MemoryPressure") {
    if (!(pod.status.qosClass == "BestEffort")) return {};
    v1::Taint taint;
    taint.key = "node.kubernetes.io/memory-pressure";
    taint.effect = "NoSchedule";
    if (client::tolerated(taint, pod.spec.tolerations)) return {};
  }
  return cat("The node had condition: [", names, "]. ");
}

}  // namespace orrery::kubelet
