// A recording: how a simulated world began and everything that was done to it, each input with its virtual time. It
// replays exactly, on any machine, natively and as WebAssembly. As text it is a scenario, so `orrery sim run` takes it too.
//
//   name: recording
//   images: [{image: "acme/api:1", ports: [8080]}]   # beside the catalogue's
//   build: 0.1.0
//   seed: 7
//   nodes: [{name: node-1, cpu: "4", memory: 8Gi, pods: 110}]
//   files: {start.yaml: "..."}
//   end: 1m2.5s                             # how far it went on after the last input
//   steps:
//     - at: 1s                                # since the world began
//     - type: kubectl apply -f start.yaml     # starts; the next step does not wait for its end
//     - at: 14.2s
//     - fault: stop node/node-2               # heal:, add_node:, remove_node:
//     - metric: queue_length{queue=orders} 30 # of something outside the cluster; none: no longer measured
//     - interrupt: 1                          # Ctrl-C for the first typed line
//     - keys: {line: 1, text: "ls\r"}          # typed to what the first line runs, such as exec -it
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "runtime_sim/recording/hands.h"
#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {

struct Input {
  enum class Kind : uint8_t { Type, Interrupt, Keys, Fault, Heal, AddNode, RemoveNode, Metric };
  Instant at;
  Kind kind = Kind::Type;
  Str text;             // the command line; what is typed to it; the fault; the node's name; the metric and its value
  uint64_t number = 0;  // Type: its number, from 1; Interrupt, Keys: of the line that is meant
};

struct Recording {
  Str name = "recording";
  Str build;                        // of the program that made it
  WorldOptions world;
  std::map<std::string, std::string> files;  // of the user's, at the start
  std::vector<Input> inputs;        // in order of time
  Instant end;                      // how far it went on; 0: up to its last input
};

std::string recording_text(const Recording& recording);
// Errors name the step.
Result<Recording> read_recording(std::string_view text);

// Does what the input says, now. The world must have done everything that is due by now: replay() sees to it. A fault
// whose object isn't there does nothing, as it did when it was recorded.
void carry_out(SimWorld& world, Hands& hands, const Input& input);
// Runs the world up to `until`, carrying out inputs from `next` on when their time comes. Returns the first one left.
size_t replay(SimWorld& world, Hands& hands, const std::vector<Input>& inputs, size_t next, Instant until);

}  // namespace orrery::sim
