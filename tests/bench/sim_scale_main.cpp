// bench_sim NODES PODS [--each N] [--probes] [--hour] [--rewind]: a world from nothing until all pods run and are ready, N a Deployment;
// prints one line of JSON with CPU seconds. --probes gives each pod two HTTP probes; --hour goes on for an hour, and
// pace is how many times faster than real time that was. --rewind keeps checkpoints on the way through that hour and then
// goes back to many of its moments; prints the CPU milliseconds that the slowest and the middle one took.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "runtime_sim/recording/checkpoints.h"
#include "runtime_sim/recording/recording.h"

using namespace orrery;

namespace {

constexpr Duration kStep = seconds(1), kGiveUp = minutes(30);
constexpr int kRewinds = 40;  // an odd part of the hour apart, so that they fall anywhere between checkpoints

struct Rewinds {
  double worst_ms = 0, middle_ms = 0, copies_s = 0;
  size_t points = 0, bytes = 0;
};

uint64_t ready_pods(sim::SimWorld& world) {
  uint64_t n = 0;
  for (const Str& name : world.node_names())
    for (const auto& [id, pod] : world.kubelet(name)->pod_states())
      for (const auto& condition : pod.sent.conditions) n += condition.type == "Ready" && condition.status == "True";
  return n;
}

double cpu_since(std::clock_t start) { return double(std::clock() - start) / CLOCKS_PER_SEC; }

std::string deployment(int number, int replicas, bool probes) {
  const std::string name = cat("web-", number);
  std::string probe = "{httpGet: {path: /healthz, port: 8080}, periodSeconds: 10}";
  return cat("---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ", name, "}\nspec:\n  replicas: ", replicas,
             "\n  selector: {matchLabels: {app: ", name, "}}\n  template:\n    metadata: {labels: {app: ", name,
             "}}\n    spec:\n      containers:\n      - name: web\n        image: orrery/web:1\n",
             probes ? cat("        readinessProbe: ", probe, "\n        livenessProbe: ", probe, "\n") : std::string());
}

// Goes on for an hour with checkpoints, then back.
Rewinds rewind(const sim::Recording& recording, sim::SimWorld& world, sim::Hands& hands) {
  Rewinds out;
  sim::Checkpoints checkpoints;
  const Instant begin = world.loop().now(), end = begin + minutes(60);
  while (world.loop().now() < end) {
    world.run_for(kStep);
    const std::clock_t start = std::clock();
    checkpoints.offer(world, recording.inputs.size(), hands.sessions());
    out.copies_s += cpu_since(start);
  }
  std::vector<double> ms;
  const int rewinds = checkpoints.points().empty() ? 1 : kRewinds;  // without any, each replays from the start
  for (int i = 1; i <= rewinds; ++i) {
    const Instant target = begin + nanos((end - begin).ns / rewinds * i) - seconds(i % 7);
    const std::clock_t start = std::clock();
    std::unique_ptr<sim::SimWorld> past;
    size_t next = 0;
    if (const auto* point = checkpoints.before(target)) {
      past = point->world->copy();
      next = point->next;
    } else {
      past = std::make_unique<sim::SimWorld>(recording.world);
      past->files().files() = recording.files;
    }
    sim::Hands again(*past);
    sim::replay(*past, again, recording.inputs, next, target);
    ms.push_back(cpu_since(start) * 1000);
  }
  std::sort(ms.begin(), ms.end());  // total order: figures only
  out.worst_ms = ms.back();
  out.middle_ms = ms[ms.size() / 2];
  out.points = checkpoints.points().size();
  out.bytes = checkpoints.bytes();
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  int nodes = argc > 1 ? std::atoi(argv[1]) : 1000, pods = argc > 2 ? std::atoi(argv[2]) : 10000, each = 100;
  bool probes = false, hour = false, back = false;
  for (int i = 3; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--each" && i + 1 < argc) each = std::atoi(argv[++i]);
    probes |= arg == "--probes";
    hour |= arg == "--hour";
    back |= arg == "--rewind";
  }
  std::clock_t start = std::clock();
  sim::Recording recording;
  recording.world.node_count = static_cast<uint32_t>(nodes);
  std::string manifests;
  for (int i = 0; i * each < pods; ++i) manifests += deployment(i, std::min(each, pods - i * each), probes);
  recording.files["all.yaml"] = manifests;
  recording.inputs = {{Instant{}, sim::Input::Kind::Type, "kubectl apply -f all.yaml", 1}};
  sim::SimWorld world(recording.world);
  world.files().files() = recording.files;
  sim::Hands hands(world);
  sim::carry_out(world, hands, recording.inputs[0]);
  uint64_t tasks = 0;
  while (ready_pods(world) < static_cast<uint64_t>(pods) && world.loop().now() < Instant{} + kGiveUp) tasks += world.run_for(kStep);
  const double cpu = cpu_since(start);
  double pace = 0;
  if (hour) {
    start = std::clock();
    tasks += world.run_for(minutes(60));
    pace = 3600 / cpu_since(start);
  }
  if (back) {
    const Rewinds r = rewind(recording, world, hands);
    std::printf("{\"rewind_ms\":%.1f,\"middle_ms\":%.1f,\"checkpoints\":%zu,\"checkpoint_mb\":%.1f,\"copies_s\":%.3f}\n", r.worst_ms, r.middle_ms,
                r.points, double(r.bytes) / 1048576, r.copies_s);
    return 0;
  }
  std::printf("{\"nodes\":%d,\"pods\":%d,\"ready\":%llu,\"cpu_s\":%.3f,\"tasks\":%llu,\"virtual_s\":%lld,\"pace\":%.0f}\n", nodes, pods,
              static_cast<unsigned long long>(ready_pods(world)), cpu, static_cast<unsigned long long>(tasks),
              static_cast<long long>((world.loop().now() - Instant{}).s()), pace);
  return ready_pods(world) == static_cast<uint64_t>(pods) ? 0 : 1;
}
