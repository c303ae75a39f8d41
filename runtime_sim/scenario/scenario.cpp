#include "runtime_sim/scenario/scenario.h"

#include <nlohmann/json.hpp>

#include "runtime_sim/recording/node_text.h"
#include "runtime_sim/scenario/sim_stage.h"

namespace orrery::sim {

using nlohmann::json;

Result<ScenarioRun> run_scenario(std::string_view yaml, const ScenarioChoices& choices) {
  auto parsed = read_scenario(yaml);
  if (!parsed.ok()) return parsed.error();
  const json& file = *parsed;
  ScenarioRun run;
  run.name = file.value("name", "");
  run.seed = choices.has_seed ? choices.seed : file.value("seed", uint64_t{1});
  SimWorld world(world_of(file, run.seed));
  world.files().files() = files_of(file);
  SimStage stage(world, choices.until.ns ? Instant{} + choices.until : Instant{}, file.contains("build"));
  if (choices.copies) stage.use_copies();
  Result<void> done = run_steps(file, stage, run);
  if (!done) return done.error();
  run.tasks = stage.tasks();
  run.virtual_time = stage.world().loop().now() - Instant{};
  run.fingerprint = stage.world().fingerprint();
  return run;
}

}  // namespace orrery::sim
