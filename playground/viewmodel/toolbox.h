// The toolbox: which faults fit what is selected on the map, and how those that are broken read.
#pragma once

#include <string>
#include <vector>

#include "playground/viewmodel/model.h"

namespace orrery::viewmodel {

struct FaultOffer {
  std::string fault;  // "stop node/node-2": what stands behind "break" and "mend"
  std::string label;  // "Power off"
  bool active = false;
};

// Those for the selected node, pod or part; empty for anything else, and on a cluster that isn't simulated.
std::vector<FaultOffer> fault_offers(const Model& model);

// "node-2: power off"; a fault that has no words of ours reads as it is written.
std::string fault_sentence(const Model& model, const std::string& fault);

}  // namespace orrery::viewmodel
