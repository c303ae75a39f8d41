// bench_sim NODES PODS: a world from nothing until all pods run and are ready; prints one line of JSON with CPU seconds.
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "runtime_sim/world/sim_world.h"

using namespace orrery;

namespace {

constexpr int kPodsADeployment = 100;
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

}  // namespace

int main(int argc, char** argv) {
  int nodes = argc > 1 ? std::atoi(argv[1]) : 1000, pods = argc > 2 ? std::atoi(argv[2]) : 10000;
  std::clock_t start = std::clock();
  sim::WorldOptions options;
  options.node_count = static_cast<uint32_t>(nodes);
  sim::SimWorld world(options);
  Silent silent(world.loop());
  int deployments = (pods + kPodsADeployment - 1) / kPodsADeployment;
  for (int i = 0; i < deployments; ++i) {
    int replicas = pods - i * kPodsADeployment < kPodsADeployment ? pods - i * kPodsADeployment : kPodsADeployment;
    world.kubectl().run({"create", "deployment", cat("web-", i), "--image=orrery/web:1", cat("--replicas=", replicas)}, "",
                        {silent.id, 1, 0});
  }
  uint64_t tasks = 0;
  bool verbose = argc > 3;
  while (ready_pods(world) < static_cast<uint64_t>(pods) && world.loop().now() < Instant{} + kGiveUp) {
    tasks += world.run_for(kStep);
    if (verbose)
      std::fprintf(stderr, "%lld s: %llu ready, cpu %.2f s\n", static_cast<long long>((world.loop().now() - Instant{}).s()),
                   static_cast<unsigned long long>(ready_pods(world)), double(std::clock() - start) / CLOCKS_PER_SEC);
  }
  double cpu = double(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("{\"nodes\":%d,\"pods\":%d,\"ready\":%llu,\"cpu_s\":%.3f,\"tasks\":%llu,\"virtual_s\":%lld}\n", nodes, pods,
              static_cast<unsigned long long>(ready_pods(world)), cpu, static_cast<unsigned long long>(tasks),
              static_cast<long long>((world.loop().now() - Instant{}).s()));
  return ready_pods(world) == static_cast<uint64_t>(pods) ? 0 : 1;
}
