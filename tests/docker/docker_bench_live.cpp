// Measurements on a real engine, left out of test runs; tests/docker/bench runs them. One JSON object a line.
#include <algorithm>
#include <cstdio>

#include "runtime_native/docker/container_config.h"
#include "runtime_native/docker/engine_containers.h"
#include "tests/docker/live_world.h"

using namespace orrery;
using namespace orrery::docker;

namespace {

constexpr int kPods = 20;
constexpr int kStartsAtOnce = 4;  // for the bare calls; the best that two cores give

double ms_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print(const char* name, double value, const char* unit, double target) {
  if (target > 0)
    std::printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"target\":%.3f,\"ok\":%s}\n", name, value, unit,
                target, value <= target ? "true" : "false");
  else
    std::printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"target\":null,\"ok\":true}\n", name, value, unit);
  std::fflush(stdout);
}

// What a kubelet does for each pod: sandbox, container, start, each when the one before has answered.
double pods_by_runtime(LiveWorld& w, const std::string& prefix) {
  struct Pod {
    ports::SandboxSpec spec;
    ports::ReplyTo pending;
    int stage = 0;
  };
  auto start = std::chrono::steady_clock::now();
  std::vector<Pod> pods(kPods);
  int done = 0;
  for (int i = 0; i < kPods; ++i) {
    pods[i].spec = w.sandbox_spec(cat(prefix, "-", i).c_str());
    pods[i].pending = w.reply();
    w.runtime->run_sandbox(pods[i].spec, pods[i].pending);
  }
  REQUIRE(w.until(
      [&] {
        for (Pod& pod : pods) {
          auto it = w.answers.find(pod.pending.token);
          if (pod.stage == 3 || it == w.answers.end()) continue;
          auto payload = it->second;
          pod.pending = w.reply();
          if (pod.stage == 0)
            w.runtime->create_container(
                w.container_spec(pod.spec, w.good(*static_cast<const Result<Str>*>(payload.get())), {"sleep", "1000"}),
                pod.pending);
          if (pod.stage == 1)
            w.runtime->start_container(w.good(*static_cast<const Result<Str>*>(payload.get())), pod.pending);
          if (pod.stage == 2) ++done;
          ++pod.stage;
        }
        return done == kPods;
      },
      180000));
  return ms_since(start);
}

// The same containers by bare calls, some pods at once.
double pods_by_calls(LiveWorld& w, const std::string& prefix, const std::string& pause_image) {
  EngineClient client(w.io, live_engine());
  EngineContainers calls(client);
  int next = 0, done = 0;
  std::function<void()> one = [&] {
    if (next == kPods) return;
    auto spec = std::make_shared<ports::SandboxSpec>(w.sandbox_spec(cat(prefix, "-", next++).c_str()));
    calls.create(sandbox_name(*spec), sandbox_config(*spec, w.owner, pause_image, 0), [&, spec](Result<Str> sandbox) {
      Str id = w.good(sandbox);
      calls.start(id, [&, spec, id](Result<void> r) {
        w.good(r);
        auto app = w.container_spec(*spec, id, {"sleep", "1000"});
        Joined joined{cat("container:", id), cat("container:", id), ""};
        calls.create(container_name(app), w.good(container_config(app, w.owner, joined, 0)), [&](Result<Str> made) {
          calls.start(w.good(made), [&](Result<void> r) {
            w.good(r);
            ++done;
            one();
          });
        });
      });
    });
  };
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kStartsAtOnce; ++i) one();
  REQUIRE(w.until([&] { return done == kPods; }, 180000));
  return ms_since(start);
}

std::string pause_image_of(LiveWorld& w) {
  std::string found;
  for (const auto& image : w.good(w.ask<Result<std::vector<ports::ImageInfo>>>([&](auto to) { w.images.list(to); })))
    for (const Str& name : image.names)
      if (starts_with(name, "orrery/pause:")) found = name.str();
  return found;
}

}  // namespace

TEST_CASE("bench: a pod alone" * doctest::skip()) {
  LiveWorld w;
  w.runtime->subscribe(w.reply(LiveWorld::kEvent));
  std::vector<double> pod, container, exec, die, list;
  for (int i = 0; i < 9; ++i) {
    auto start = std::chrono::steady_clock::now();
    auto spec = w.sandbox_spec(cat("alone-", i).c_str());
    Str sandbox = w.run_sandbox(spec);
    auto middle = std::chrono::steady_clock::now();
    Str id = w.run(w.container_spec(spec, sandbox, {"sleep", "1000"}));
    pod.push_back(ms_since(start));
    container.push_back(ms_since(middle));
    start = std::chrono::steady_clock::now();
    w.good(w.exec(id, {"true"}));
    exec.push_back(ms_since(start));
    start = std::chrono::steady_clock::now();
    w.pods();
    list.push_back(ms_since(start));
    start = std::chrono::steady_clock::now();
    w.runtime->stop_container(id, {}, w.reply());
    REQUIRE(w.until([&] { return w.saw(ports::RuntimeEvent::Type::ContainerDied, id); }));
    die.push_back(ms_since(start));
  }
  print("docker_pod_start", median(pod), "ms", 0);
  print("docker_container_start_in_sandbox", median(container), "ms", 0);
  print("docker_exec", median(exec), "ms", 0);
  print("docker_kill_to_event", median(die), "ms", 0);
  print("docker_list_pods", median(list), "ms", 0);
}

TEST_CASE("bench: twenty pods at once, against bare calls" * doctest::skip()) {
  std::vector<double> ours, bare;
  std::string pause_image;
  for (int round = 0; round < 3; ++round) {  // interleaved, so that both see the same machine
    {
      LiveWorld w;
      ours.push_back(pods_by_runtime(w, "ours"));
      pause_image = pause_image_of(w);
    }
    LiveWorld w;
    bare.push_back(pods_by_calls(w, "bare", pause_image));
  }
  print("docker_20_pods", median(ours), "ms", 0);
  print("docker_20_pods_bare_calls", median(bare), "ms", 0);
  print("docker_pod_overhead", median(ours) / median(bare), "ratio", 1.15);
}
