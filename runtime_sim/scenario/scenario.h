// Scenarios as data: a world, steps (commands, time, faults) and what is expected. The same file runs natively and as
// WebAssembly, over any seed.
//
//   name: a lost pod comes back
//   covers: [controllers/replicaset, faults/stop]   # tests/tidy knows all names, and misses those that no scenario has
//   nodes: 3                         # or a list of {name, cpu, memory, pods, labels, taints ...}
//   images: [{image: "acme/api:1", ports: [8080]}]   # beside the catalogue's: runtime_sim/recording/node_text.h
//   seed: 1
//   files: {web.yaml: "..."}         # for kubectl -f
//   steps:
//     - kubectl: create deployment web --image=nginx --replicas=3
//       output: deployment.apps/web created      # optional: exact text; `exit: 1` for commands that must fail
//     - run: 20s                                  # lets time pass
//     - until: get deploy web -o jsonpath={.status.readyReplicas}
//       output: "3"
//       within: 60s
//     - type: rollout restart deploy web          # starts a command and goes on; interrupt: 1 is Ctrl-C for the first
//                                                # and keys: {line: 1, text: "ls\r"} what is typed to it
//     - at: 90s                                   # lets time pass until then
//     - fault: stop node/node-2                  # runtime_sim/faults/fault.h has them all; heal: undoes it
//     - add_node: {name: node-4, cpu: "2"}        # or a name; remove_node: the machine goes
//     - metric: queue_length{queue=orders} 30     # outside the cluster: runtime_sim/world/external_metrics.h
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace orrery::sim {

struct ScenarioRun {
  std::string name;
  uint64_t seed = 0;
  uint64_t fingerprint = 0;
  uint64_t tasks = 0;
  Duration virtual_time;
  std::vector<std::string> failures;   // "step 3: expected ..., got ..."
  std::string transcript;              // commands and what they printed
};

struct ScenarioChoices {
  bool has_seed = false;
  uint64_t seed = 0;
  Duration until;                      // stops there; 0: to the end of the steps
  bool copies = false;                 // each time that passes, it passes in a copy of the world: the fingerprint stays
};

// Errors are about the file itself, one sentence with the step.
Result<ScenarioRun> run_scenario(std::string_view yaml, const ScenarioChoices& choices);

}  // namespace orrery::sim
