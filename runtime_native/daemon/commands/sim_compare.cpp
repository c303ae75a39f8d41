// `orrery sim compare`: one scenario on a simulated world and on a live cluster, and how their ends differ.
#include <fmt/core.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/text.h"
#include "runtime_native/daemon/commands/commands.h"
#include "runtime_native/daemon/live_cluster.h"
#include "runtime_native/host/file.h"
#include "runtime_sim/copy/end_state.h"
#include "runtime_sim/recording/node_text.h"
#include "runtime_sim/scenario/sim_stage.h"

namespace orrery::daemon {
namespace {

using nlohmann::json;

// A live cluster, by its API and in real time.
class LiveStage final : public sim::Stage {
 public:
  explicit LiveStage(LiveCluster& cluster) : cluster_(cluster), began_(std::chrono::steady_clock::now()) {}

  Said command(const std::string& line) override {
    LiveCluster::Said said = cluster_.kubectl(words(line), sim::kCommandMax);
    return {said.text, said.exit_code};
  }
  void pass(Duration d) override { cluster_.wait(d); }
  Instant now() override {
    return Instant{} +
           Duration{
               std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - began_).count()};
  }
  bool over() override { return false; }
  void type(uint64_t number, const std::string& line) override { cluster_.type(number, words(line)); }
  void interrupt(uint64_t number) override { cluster_.interrupt(number); }
  void keys(uint64_t number, std::string_view text) override { cluster_.keys(number, text); }
  Result<void> act(const std::string& what, const json&) override {
    return make_error(Reason::Invalid, cat(what, " is what only a simulation can do"));
  }

 private:
  static std::vector<std::string> words(const std::string& line) {
    std::string error;
    std::vector<std::string> out = orrery::kubectl::split_line(line, error);
    if (!out.empty() && (out[0] == "kubectl" || out[0] == "k")) out.erase(out.begin());
    return out;
  }

  LiveCluster& cluster_;
  std::chrono::steady_clock::time_point began_;
};

struct Side {
  sim::ScenarioRun run;
  sim::EndState end;
  size_t nodes = 0;
};

size_t nodes_in(const sim::Reading& reading) {
  const sim::Listing* nodes = reading.find("nodes");
  return nodes ? nodes->objects.size() : 0;
}

class NoTarget final : public ports::Target {
 public:
  void on_task(const ports::Task&) override {}
};

sim::Reading read_world(sim::SimWorld& world) {
  NoTarget nobody;
  ports::TargetId id = world.loop().attach(nobody);
  sim::ReaderOptions options = sim::end_state_options();
  options.identity.user = "kubernetes-admin";
  options.identity.groups = {"system:masters", "system:authenticated"};
  sim::Reading out;
  {
    sim::ClusterReader reader(world.loop(), world.api(), std::move(options), {id, 0, 0});
    while (!reader.done()) {
      auto due = world.loop().next_due();
      if (!due) break;
      world.run_until(*due);
    }
    out = reader.reading();
  }
  world.loop().detach(id);
  return out;
}

constexpr Duration kWorldStarts = seconds(5);  // nodes are ready, what every cluster has is there

Result<Side> simulated(const json& file, uint64_t seed, Duration settle) {
  Side out;
  out.run.seed = seed;
  sim::SimWorld world(sim::world_of(file, seed));
  world.files().files() = sim::files_of(file);
  world.run_for(kWorldStarts);
  const sim::Reading before = read_world(world);
  sim::SimStage stage(world, Instant{}, false);
  Result<void> done = sim::run_steps(file, stage, out.run);
  if (!done) return done.error();
  stage.pass(settle);
  const sim::Reading after = read_world(world);
  out.end = sim::end_state(before, after);
  out.nodes = nodes_in(after);
  return out;
}

Result<Side> live(const json& file, const http::ClusterAccess& access, Duration settle) {
  sim::MemoryFiles files;
  files.files() = sim::files_of(file);
  LiveCluster cluster(access, files);
  Side out;
  const sim::Reading before = cluster.read(sim::end_state_options());
  if (before.failed) return *before.failed;
  LiveStage stage(cluster);
  Result<void> done = sim::run_steps(file, stage, out.run);
  if (!done) return done.error();
  stage.pass(settle);
  const sim::Reading after = cluster.read(sim::end_state_options());
  if (after.failed) return *after.failed;
  out.end = sim::end_state(before, after);
  out.nodes = nodes_in(after);
  return out;
}

void tell_trial(const std::string& path, std::string_view side, const sim::ScenarioRun& run, bool verbose) {
  if (verbose) fmt::print("--- {}\n{}", side, run.transcript);
  for (const std::string& failure : run.failures) fmt::print("{}, {}: {}\n", path, side, failure);
}

void tell_trial(const std::vector<sim::Difference>& all) {
  std::string last;
  for (const sim::Difference& d : all) {
    if (d.object != last) fmt::print("{}\n", d.object);
    last = d.object;
    fmt::print("  {}{}simulated {}, live {}\n", d.path, d.path.empty() ? "" : ": ", d.first, d.second);
  }
}

}  // namespace

int sim_compare(const SimCompareOptions& options) {
  Result<std::string> text = host::read_file(options.scenario);
  if (!text) return fail(text.error());
  Result<json> file = sim::read_scenario(*text);
  if (!file) return fail(make_error(Reason::Invalid, cat(options.scenario, ": ", file.error().message)));
  Duration settle;
  if (!parse_go_duration(options.settle, settle))
    return fail(make_error(Reason::BadRequest, cat("--settle ", options.settle, ": a duration such as 10s")));
  if (const std::vector<std::string> faults = sim::steps_of_simulation(*file); !faults.empty())
    return fail(
        make_error(Reason::Invalid,
                   cat(options.scenario, ": ", faults.front(),
                       ": only a simulation can do that, so a live cluster is not asked for any of this scenario; "
                       "compare takes kubectl, run, until, at, type, interrupt and keys")));
  Result<http::ClusterAccess> access = http::read_kubeconfig(options.kubeconfig);
  if (!access) return fail(access.error());
  const uint64_t seed = options.seed.empty() ? file->value("seed", uint64_t{1}) : seed_of(options.seed);
  Result<Side> first = simulated(*file, seed, settle);
  if (!first) return fail(make_error(Reason::Invalid, cat(options.scenario, ": ", first.error().message)));
  Result<Side> second = live(*file, *access, settle);
  if (!second) return fail(second.error());
  const std::vector<sim::Difference> found = sim::differences(first->end, second->end);
  const bool failed = !first->run.failures.empty() || !second->run.failures.empty();
  if (options.json) {
    json list = json::array();
    for (const sim::Difference& d : found)
      list.push_back({{"object", d.object}, {"path", d.path}, {"simulated", d.first}, {"live", d.second}});
    json out = {{"objects", first->end.size()},
                {"differences", list},
                {"failures", {{"simulated", first->run.failures}, {"live", second->run.failures}}},
                {"nodes", {{"simulated", first->nodes}, {"live", second->nodes}}}};
    fmt::print("{}\n", out.dump());
  } else {
    tell_trial(options.scenario, "simulated", first->run, options.verbose);
    tell_trial(options.scenario, "live", second->run, options.verbose);
    if (first->nodes != second->nodes)
      fmt::print("the simulated cluster has {} nodes, the live one {}\n", first->nodes, second->nodes);
    tell_trial(found);
    fmt::print("{} objects, {} differences\n", first->end.size(), found.size());
  }
  return failed || !found.empty() ? 1 : 0;
}

}  // namespace orrery::daemon
