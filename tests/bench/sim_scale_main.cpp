// bench_sim NODES PODS [--each N] [--probes] [--hour]: a world from nothing until all pods run and are ready, N a Deployment;
// prints one line of JSON with CPU seconds. --probes gives each pod two HTTP probes; --hour goes on for an hour, and
// pace is how many times faster than real time that was.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "runtime_sim/world/sim_world.h"

using namespace orrery;

namespace {

constexpr Duration kStep = seconds(1), kGiveUp = minutes(30);

class Silent final : public ports::Target {
 public:
  explicit Silent(ports::TaskQueue& queue) : id(queue.attach(*this)) {}
  void on_task(const ports::Task&) override {}
  ports::TargetId id;
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

}  // namespace

int main(int argc, char** argv) {
  int nodes = argc > 1 ? std::atoi(argv[1]) : 1000, pods = argc > 2 ? std::atoi(argv[2]) : 10000, each = 100;
  bool probes = false, hour = false;
  for (int i = 3; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--each" && i + 1 < argc) each = std::atoi(argv[++i]);
    probes |= arg == "--probes";
    hour |= arg == "--hour";
  }
  std::clock_t start = std::clock();
  sim::WorldOptions options;
  options.node_count = static_cast<uint32_t>(nodes);
  sim::SimWorld world(options);
  Silent silent(world.loop());
  std::string manifests;
  for (int i = 0; i * each < pods; ++i) manifests += deployment(i, std::min(each, pods - i * each), probes);
  world.files().write("all.yaml", manifests);
  world.kubectl().run({"apply", "-f", "all.yaml"}, "", {silent.id, 1, 0});
  uint64_t tasks = 0;
  while (ready_pods(world) < static_cast<uint64_t>(pods) && world.loop().now() < Instant{} + kGiveUp) tasks += world.run_for(kStep);
  const double cpu = cpu_since(start);
  double pace = 0;
  if (hour) {
    start = std::clock();
    tasks += world.run_for(minutes(60));
    pace = 3600 / cpu_since(start);
  }
  std::printf("{\"nodes\":%d,\"pods\":%d,\"ready\":%llu,\"cpu_s\":%.3f,\"tasks\":%llu,\"virtual_s\":%lld,\"pace\":%.0f}\n", nodes, pods,
              static_cast<unsigned long long>(ready_pods(world)), cpu, static_cast<unsigned long long>(tasks),
              static_cast<long long>((world.loop().now() - Instant{}).s()), pace);
  return ready_pods(world) == static_cast<uint64_t>(pods) ? 0 : 1;
}
