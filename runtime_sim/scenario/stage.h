// Where a scenario's steps run: a simulated world, or a live cluster that only its API reaches.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "runtime_sim/scenario/scenario.h"

namespace orrery::sim {

class Stage {
 public:
  struct Said {
    std::string text;  // both streams, in order
    int code = -1;     // -1: it took too long
  };
  virtual ~Stage() = default;
  // A command line, from start to end.
  virtual Said command(const std::string& line) = 0;
  virtual void pass(Duration d) = 0;
  virtual Instant now() = 0;  // since the stage's start
  virtual bool over() = 0;    // the time that was given has run out
  // Starts a command line and goes on; Ctrl-C for it by its number.
  virtual void type(uint64_t number, const std::string& line) = 0;
  virtual void interrupt(uint64_t number) = 0;
  virtual void keys(uint64_t number, std::string_view text) = 0;
  // What only a simulation can do: `what` is fault, heal, add_node, remove_node or metric. Errors are one sentence.
  virtual Result<void> act(const std::string& what, const nlohmann::json& step) = 0;
};

constexpr Duration kCommandMax = minutes(10);  // that a command may take
constexpr Duration kPoll = millis(250);        // between two looks of `until`

// The parsed file, with its list of steps. Errors are one sentence.
Result<nlohmann::json> read_scenario(std::string_view yaml);
// Its steps in order; what doesn't hold is added to the run's failures. Errors are about the file, with the step.
Result<void> run_steps(const nlohmann::json& file, Stage& stage, ScenarioRun& run);
// Steps that only a simulation can do: "step 4: fault: stop node/node-2".
std::vector<std::string> steps_of_simulation(const nlohmann::json& file);

}  // namespace orrery::sim
