#include "runtime_sim/scenario/scenario.h"

#include <doctest/doctest.h>

using namespace orrery;
using namespace orrery::sim;

TEST_CASE("Scenario: a step's value of another type is named with its step") {
  for (const char* step : {"interrupt: x", "kubectl: [get, pods]", "keys: yes", "type: {line: 1}", "fault: 3"}) {
    CAPTURE(step);
    Result<ScenarioRun> run = run_scenario(std::string("name: x\nnodes: 1\nsteps:\n  - run: 1s\n  - ") + step + "\n", {});
    REQUIRE(!run.ok());
    CHECK(run.error().message.view().substr(0, 8) == "step 2: ");
  }
}
