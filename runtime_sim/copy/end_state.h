// What a scenario leaves behind, in a form in which two clusters can be compared: names with random ends stand under
// their owner's, and addresses, times, uids, hashes and node names are masked.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime_sim/copy/cluster_reader.h"

namespace orrery::sim {

constexpr size_t kDifferencesOfObjectMax = 12;

// "Deployment default/web", "Pod default/web-*-* #2" -> the object. Those under their owner's name are told apart by a
// number, in the order of their contents.
using EndState = std::map<std::string, nlohmann::json>;

// What to read for it.
ReaderOptions end_state_options();

// Objects that are new since `before`, and older ones whose metadata, spec or data changed; deleted ones are null.
EndState end_state(const Reading& before, const Reading& after);

struct Difference {
  std::string object;
  std::string path;           // "status.readyReplicas"; "" for the object as a whole
  std::string first, second;  // as JSON; "(none)"
};
// Objects of a namespace in which `first` left nothing are no business of the scenario's.
std::vector<Difference> differences(const EndState& first, const EndState& second);

}  // namespace orrery::sim
