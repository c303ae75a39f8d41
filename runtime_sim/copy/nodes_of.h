// The machines of a copy.
#pragma once

#include <string>
#include <vector>

#include "runtime_sim/copy/cluster_reader.h"
#include "runtime_sim/world/machine.h"

namespace orrery::sim {

struct NodesOf {
  List<NodeSpec> nodes;
  std::vector<std::string> cordoned, down;  // names
  bool guessed = false;                     // from the names in the pods, since nodes could not be read
};
NodesOf nodes_of(const Reading& reading);

}  // namespace orrery::sim
