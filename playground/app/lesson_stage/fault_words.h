// The prompt's words that break and mend a simulated world:
//
//   break FAULT      begins a fault (runtime_sim/faults/fault.h says which there are); alone: lists them
//   mend FAULT       ends it; alone: all that is broken
//   faults           lists what is broken now
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "playground/lesson_engine/lesson_world.h"
#include "runtime_sim/recording/recording.h"

namespace orrery::app {

struct FaultWord {
  enum class Kind { Break, Mend, List };
  Kind kind = Kind::List;
  std::string fault;  // empty: none was named
};

// Not given when the line is something else.
std::optional<FaultWord> fault_word(const std::string& line);
// Told of each fault that began or ended, as the input that repeats it; its time is the caller's to set.
using FaultDone = std::function<void(const sim::Input& input)>;
// Does it, and says what it did. What fails or only looks is not told of.
lesson::Outcome carry_out(const FaultWord& word, sim::SimWorld& world, const FaultDone& done = {});
// Words that could follow: names of faults, then of parts, nodes, and what is broken.
std::vector<std::string> complete_fault_word(const std::vector<std::string>& words, sim::SimWorld& world);

// The lines that are among the world's faults.
std::vector<std::string> faults_of(sim::SimWorld& world);

}  // namespace orrery::app
