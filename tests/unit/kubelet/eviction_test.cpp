// Ranking, thresholds and words of eviction: Kubernetes documentation, "Node-pressure Eviction";
// pkg/kubelet/eviction/helpers.go.
#include "core/kubelet/eviction.h"

#include <doctest/doctest.h>

using namespace orrery;
using kubelet::Candidate;
using kubelet::Pressure;
using kubelet::Signal;
namespace v1 = api::core_v1;

namespace {

constexpr int64_t kMi = 1 << 20, kGi = 1 << 30;

Quantity quantity(const char* text) { return *Quantity::parse(text); }

std::shared_ptr<v1::Pod> pod(const char* name, const char* memory_request = "", int32_t priority = 0) {
  auto p = std::make_shared<v1::Pod>();
  p->metadata.name = name;
  p->spec.priority = priority;
  v1::Container c;
  c.name = "main";
  if (*memory_request) c.resources.requests.set("memory", quantity(memory_request));
  p->spec.containers.push_back(c);
  return p;
}

// Pods by name, with what their one container uses; -1: no reading.
struct Node {
  void add(const std::shared_ptr<v1::Pod>& p, int64_t memory, int64_t disk = 0) {
    pods.push_back(p);
    Candidate c;
    c.pod = p.get();
    c.use.known = memory >= 0;
    if (c.use.known) c.use.containers.push_back({"main", memory, disk});
    list.push_back(c);
  }
  std::string order(Pressure pressure) {
    kubelet::rank_for_eviction(pressure, list);
    std::string out;
    for (const Candidate& c : list) out += cat(out.empty() ? "" : " ", c.pod->metadata.name);
    return out;
  }
  std::vector<std::shared_ptr<v1::Pod>> pods;
  std::vector<Candidate> list;
};

v1::Volume empty_dir(const char* name, const char* limit) {
  v1::Volume v;
  v.name = name;
  v.emptyDir.mut().sizeLimit = quantity(limit);
  return v;
}

}  // namespace

TEST_CASE("eviction: usage above the request goes first, then lower priority, then the greater excess") {
  Node n;
  n.add(pod("within", "500Mi", -5), 400 * kMi);
  n.add(pod("important", "100Mi", 10), 900 * kMi);
  n.add(pod("little-over", "100Mi"), 150 * kMi);
  n.add(pod("much-over"), 300 * kMi);
  CHECK(n.order(Pressure::Memory) == "much-over little-over important within");
}

TEST_CASE("eviction: a pod of which nothing was read goes before all others, and equals keep their order") {
  Node n;
  n.add(pod("a"), kMi);
  n.add(pod("b"), kMi);
  n.add(pod("starting", "1Gi", 100), -1);
  CHECK(n.order(Pressure::Memory) == "starting a b");
}

TEST_CASE("eviction: disk pressure ranks by local storage, PID pressure by priority alone") {
  Node n;
  n.add(pod("memory-hog", "", 3), kGi, 10);
  n.add(pod("disk-hog", "", 3), kMi, kGi);
  n.add(pod("idle", "", 1), 0, 0);
  CHECK(n.order(Pressure::Disk) == "disk-hog memory-hog idle");
  CHECK(n.order(Pressure::Pid) == "idle disk-hog memory-hog");
}

TEST_CASE("eviction: thresholds are those of the kubelet's defaults, percentages as its 32-bit floats hold them") {
  ports::MachineReading r;
  r.memory_capacity = 8 * kGi;
  r.memory_available = 100 * kMi;
  r.node_fs = r.image_fs = {100 * kGi, 50 * kGi};
  CHECK(kubelet::shortages(kubelet::default_thresholds(), r).empty());
  r.memory_available -= 1;
  r.node_fs.available = r.image_fs.available = 12 * kGi;
  auto found = kubelet::shortages(kubelet::default_thresholds(), r);
  REQUIRE(found.size() == 2);
  CHECK(found[0].signal == Signal::MemoryAvailable);
  CHECK(found[0].quantity == 100 * kMi);
  CHECK(found[1].signal == Signal::ImageFsAvailable);
  CHECK(found[1].quantity == 16106128000);  // int64(107374182400 * float64(float32(15)/100))
  r.node_fs.available = 0;
  found = kubelet::shortages(kubelet::default_thresholds(), r);
  REQUIRE(found.size() == 3);
  CHECK(found[1].quantity == 10737418400);  // int64(107374182400 * float64(float32(10)/100))
}

TEST_CASE("eviction: what was not read meets no threshold") {
  CHECK(kubelet::shortages(kubelet::default_thresholds(), {}).empty());
  CHECK(kubelet::shortages({{Signal::PidAvailable, 10, 0}}, {}).empty());
  ports::MachineReading r;
  r.pids_max = 100;
  r.pids_running = 95;
  CHECK(kubelet::shortages({{Signal::PidAvailable, 10, 0}}, r).size() == 1);
}

TEST_CASE("eviction: the message names the threshold, what is left and the containers above their requests") {
  Node n;
  n.add(pod("leaky", "64Mi"), 7000 * kMi + 1024);
  CHECK(kubelet::eviction_message({Signal::MemoryAvailable, 100 * kMi, 92 * kMi}, n.list[0]) ==
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 92Mi. Container main was using "
        "7168001Ki, request is 64Mi, has larger consumption of memory. ");
  Node small;
  small.add(pod("modest", "64Mi"), 10 * kMi);
  CHECK(kubelet::eviction_message({Signal::MemoryAvailable, 100 * kMi, 0}, small.list[0]) ==
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 0. ");
  Node disk;
  disk.add(pod("writer"), 0, 3 * kMi);
  CHECK(kubelet::eviction_message({Signal::NodeFsAvailable, 10737418400, 2048}, disk.list[0]) ==
        "The node was low on resource: ephemeral-storage. Threshold quantity: 10737418400, available: 2Ki. Container "
        "main was using 3Mi, request is 0, has larger consumption of ephemeral-storage. ");
}

TEST_CASE("eviction: an emptyDir over its sizeLimit, a pod and a container over their ephemeral-storage limits") {
  Node n;
  auto p = pod("cache");
  p->spec.volumes.push_back(empty_dir("scratch", "1Mi"));
  n.add(p, 0);
  CHECK(kubelet::has_storage_limits(*p));
  Candidate& c = n.list[0];
  c.use.volumes = {{"scratch", kMi}};
  CHECK(kubelet::storage_excess(c) == "");
  c.use.volumes[0].used_bytes += 1;
  CHECK(kubelet::storage_excess(c) == "Usage of EmptyDir volume \"scratch\" exceeds the limit \"1Mi\". ");
  p->spec.volumes.clear();
  CHECK_FALSE(kubelet::has_storage_limits(*p));
  p->spec.containers.mut(0).resources.limits.set("ephemeral-storage", quantity("512Ki"));
  CHECK(kubelet::storage_excess(c) ==
        "Pod ephemeral local storage usage exceeds the total limit of containers 512Ki. ");
  v1::Container second = p->spec.containers[0];
  second.name = "second";
  second.resources.limits.set("ephemeral-storage", quantity("1Gi"));
  p->spec.containers.push_back(second);
  c.use.volumes.clear();
  c.use.containers = {{"main", 0, kMi}};
  CHECK(kubelet::storage_excess(c) == "Container main exceeded its local ephemeral storage limit \"512Ki\". ");
}

TEST_CASE("eviction: an emptyDir in memory counts for its own limit, not for the disk") {
  Node n;
  auto p = pod("tmpfs");
  p->spec.volumes.push_back(empty_dir("ram", "1Gi"));
  p->spec.volumes.mut(0).emptyDir.mut().medium = "Memory";
  p->spec.containers.mut(0).resources.limits.set("ephemeral-storage", quantity("1Mi"));
  n.add(p, 0);
  n.list[0].use.volumes = {{"ram", 500 * kMi}};
  CHECK(kubelet::storage_excess(n.list[0]) == "");
  n.list[0].use.volumes[0].used_bytes = 2 * kGi;
  CHECK(kubelet::storage_excess(n.list[0]) == "Usage of EmptyDir volume \"ram\" exceeds the limit \"1Gi\". ");
}

TEST_CASE("eviction: admission under pressure refuses what its documentation says") {
  auto best_effort = pod("best-effort"), burstable = pod("burstable"), critical = pod("critical", "", 2'000'000'000);
  best_effort->status.qosClass = critical->status.qosClass = "BestEffort";
  burstable->status.qosClass = "Burstable";
  const std::array<bool, 3> none{}, memory{true, false, false}, disk{false, true, false}, both{true, true, false};
  CHECK(kubelet::refused_for(none, *best_effort) == "");
  CHECK(kubelet::refused_for(memory, *best_effort) == "The node had condition: [MemoryPressure]. ");
  CHECK(kubelet::refused_for(memory, *burstable) == "");
  CHECK(kubelet::refused_for(disk, *burstable) == "The node had condition: [DiskPressure]. ");
  CHECK(kubelet::refused_for(both, *burstable) == "The node had condition: [MemoryPressure DiskPressure]. ");
  CHECK(kubelet::refused_for(both, *critical) == "");
  v1::Toleration t;
  t.key = "node.kubernetes.io/memory-pressure";
  t.operator_ = "Exists";
  t.effect = "NoSchedule";
  best_effort->spec.tolerations.push_back(t);
  CHECK(kubelet::refused_for(memory, *best_effort) == "");
  CHECK(kubelet::refused_for(disk, *best_effort) == "The node had condition: [DiskPressure]. ");
}
