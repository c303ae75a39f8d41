// orrery-sim SCENARIO [--seed S] [--until T] [--copies]: runs a scenario, prints what failed and `fingerprint: HEX`. With
// --copies the world is replaced by a copy of itself before each time that passes: the fingerprint must stay.
// orrery-sim --swarm FIRST COUNT: plans drawn from seeds, a line with the fingerprint for each.
// orrery-sim --plan SEED: such a plan, as a scenario.
// The same program natively and, under Node, as WebAssembly: equal fingerprints are what tests/scenarios compares.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "core/base/text.h"
#include "runtime_sim/scenario/scenario.h"
#include "runtime_sim/swarm/swarm.h"

namespace {

int swarm(uint64_t first, uint64_t count) {
  using namespace orrery;
  int failed = 0;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const sim::SwarmRun run = sim::run_plan(sim::draw_plan(seed));
    std::printf("seed %llu fingerprint: %s\n", static_cast<unsigned long long>(seed), hex64(run.fingerprint).c_str());
    for (const sim::Violation& v : run.violations)
      std::printf("seed %llu at %s: %s: %s\n", static_cast<unsigned long long>(seed), format_go_duration(v.at - Instant{}).c_str(), v.checker.c_str(), v.what.c_str());
    failed += !run.violations.empty();
  }
  return failed ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace orrery;
  std::string path, transcript;
  sim::ScenarioChoices choices;
  bool verbose = false;
  if (int64_t first = 0, count = 0; argc == 4 && std::string(argv[1]) == "--swarm" && parse_int64(argv[2], first) && parse_int64(argv[3], count))
    return swarm(static_cast<uint64_t>(first), static_cast<uint64_t>(count));
  if (int64_t seed = 0; argc == 3 && std::string(argv[1]) == "--plan" && parse_int64(argv[2], seed)) {
    std::printf("%s", sim::recording_text(sim::draw_plan(static_cast<uint64_t>(seed)).recording).c_str());
    return 0;
  }
  for (int i = 1; i < argc; ++i) {
    std::string arg = argv[i];
    int64_t n = 0;
    if (arg == "--seed" && i + 1 < argc && parse_int64(argv[i + 1], n)) {
      choices.has_seed = true;
      choices.seed = static_cast<uint64_t>(n);
      ++i;
    } else if (arg == "--until" && i + 1 < argc && parse_go_duration(argv[i + 1], choices.until)) {
      ++i;
    } else if (arg == "--copies") {
      choices.copies = true;
    } else if (arg == "--verbose") {
      verbose = true;
    } else if (path.empty() && arg[0] != '-') {
      path = arg;
    } else {
      std::fprintf(stderr, "usage: orrery-sim SCENARIO [--seed S] [--until T] [--copies] [--verbose], --swarm FIRST COUNT, or --plan SEED\n");
      return 2;
    }
  }
  std::ifstream in(path, std::ios::binary);
  if (path.empty() || !in) {
    std::fprintf(stderr, "orrery-sim: can't read %s\n", path.empty() ? "a scenario: none named" : path.c_str());
    return path.empty() ? 2 : 1;
  }
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  auto run = sim::run_scenario(text, choices);
  if (!run.ok()) {
    std::fprintf(stderr, "orrery-sim: %s: %s\n", path.c_str(), run.error().message.c_str());
    return 1;
  }
  if (verbose) std::printf("%s", run->transcript.c_str());
  for (const std::string& failure : run->failures) std::printf("%s: %s\n", path.c_str(), failure.c_str());
  if (!run->failures.empty())
    std::printf("repeat: orrery-sim %s --seed %llu\n", path.c_str(), static_cast<unsigned long long>(run->seed));
  std::printf("fingerprint: %s\n", hex64(run->fingerprint).c_str());
  return run->failures.empty() ? 0 : 1;
}
