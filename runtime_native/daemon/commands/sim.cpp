#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "runtime_native/daemon/commands/commands.h"
#include "runtime_native/host/file.h"
#include "runtime_sim/scenario/scenario.h"
#include "runtime_sim/swarm/swarm.h"

namespace orrery::daemon {
namespace {

Error named(const std::string& path, const Error& error) {
  Error out = error;
  out.message = cat(path, ": ", error.message);
  return out;
}

}  // namespace

int sim_run(const SimRunOptions& options) {
  Result<std::string> text = host::read_file(options.scenario);
  if (!text) return fail(text.error());
  sim::ScenarioChoices choices;
  choices.has_seed = !options.seed.empty();
  if (choices.has_seed) choices.seed = seed_of(options.seed);
  if (!options.until.empty() && !parse_go_duration(options.until, choices.until)) {
    return fail(make_error(Reason::BadRequest, cat("--until ", options.until, ": a duration such as 90s or 5m")));
  }
  Result<sim::ScenarioRun> run = sim::run_scenario(*text, choices);
  if (!run) return fail(named(options.scenario, run.error()));
  if (options.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"name", run->name}, {"seed", run->seed}, {"fingerprint", hex64(run->fingerprint)},
                                              {"tasks", run->tasks}, {"failures", run->failures}}.dump());
  } else {
    if (options.verbose) fmt::print("{}", run->transcript);
    for (const std::string& failure : run->failures) fmt::print("{}: {}\n", options.scenario, failure);
    if (!run->failures.empty()) fmt::print("repeat: orrery sim run {} --seed {}\n", options.scenario, run->seed);
    fmt::print("fingerprint: {}\n", hex64(run->fingerprint));
  }
  return run->failures.empty() ? 0 : 1;
}

namespace {

int swarm_of_scenarios(const SimSwarmOptions& options, uint64_t first) {
  int failed = 0;
  for (const std::string& path : options.scenarios) {
    Result<std::string> text = host::read_file(path);
    if (!text) return fail(text.error());
    for (int i = 0; i < options.seeds; ++i) {
      sim::ScenarioChoices choices;
      choices.has_seed = true;
      choices.seed = first + static_cast<uint64_t>(i);
      Result<sim::ScenarioRun> run = sim::run_scenario(*text, choices);
      if (!run) return fail(named(path, run.error()));
      if (run->failures.empty()) continue;
      ++failed;
      fmt::print("{}: {}\nrepeat: orrery sim run {} --seed {}\n", path, run->failures.front(), path, choices.seed);
    }
  }
  int total = options.seeds * static_cast<int>(options.scenarios.size());
  fmt::print("{} runs, {} failed\n", total, failed);
  return failed ? 1 : 0;
}

constexpr int kShrinkRunsMax = 200;

void tell(const sim::SwarmRun& run) {
  for (const sim::Violation& v : run.violations)
    fmt::print("seed {} at {}: {}: {}\n", run.seed, format_go_duration(v.at - Instant{}), v.checker.view(), v.what.view());
  fmt::print("repeat: orrery sim swarm --seed {} --seeds 1\n", run.seed);
}

}  // namespace

int sim_swarm(const SimSwarmOptions& options) {
  uint64_t first = options.first_seed.empty() ? 1 : seed_of(options.first_seed);
  if (!options.scenarios.empty()) return swarm_of_scenarios(options, first);
  if (options.plan) {
    fmt::print("{}", sim::recording_text(sim::draw_plan(first).recording));
    return 0;
  }
  int failed = 0;
  uint64_t tasks = 0, changes = 0;
  int64_t hours_ns = 0;
  for (int i = 0; i < options.seeds; ++i) {
    const sim::Plan plan = sim::draw_plan(first + static_cast<uint64_t>(i));
    const sim::SwarmRun run = sim::run_plan(plan);
    tasks += run.tasks;
    changes += run.changes;
    hours_ns += run.virtual_time.ns;
    if (run.violations.empty()) continue;
    ++failed;
    tell(run);
    std::fflush(stdout);
    if (options.shrink && failed == 1)
      fmt::print("{}", sim::recording_text(sim::part_of(plan, sim::shrink_plan(plan, run.violations.front().checker, kShrinkRunsMax))));
  }
  fmt::print("{} seeds, {} failed; {:.1f} virtual hours, {} changes checked, {} tasks\n", options.seeds, failed, double(hours_ns) / 3.6e12, changes, tasks);
  return failed ? 1 : 0;
}

}  // namespace orrery::daemon
