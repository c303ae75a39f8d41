// Why a pod is where it is: each node by each rule of the scheduler, as it was when that decided. Filled by the source that has the
// scheduler at hand; a live cluster's API doesn't tell it.
#pragma once

#include <string>
#include <vector>

#include "playground/viewmodel/cluster_model.h"

namespace orrery::viewmodel {

struct PlacementScore {
  std::string plugin;  // "NodeResourcesFit"
  std::int64_t score = 0;  // 0 to 100
  int weight = 1;
};

struct PlacementNode {
  std::string name;
  bool chosen = false;                // the pod is there
  std::string plugin;                 // the filter that refused; empty: it fits
  std::vector<std::string> refusals;  // "Insufficient cpu"
  std::vector<PlacementScore> scores;
  std::int64_t total = 0;             // of the weighted scores
  bool fits() const { return plugin.empty(); }
};

struct Placement {
  ObjectRef pod;
  bool known = false;                 // false: this source can't tell
  Nanos decided = 0;                  // when the scheduler last decided; 0: it has not, or long ago
  bool as_decided = false;            // the nodes are as the scheduler saw them then; false: as things are now
  int tied = 0;                       // nodes with the best score, of which one was drawn
  std::string evicts_on;              // the node where less important pods were evicted for it
  std::vector<std::string> victims;   // "default/web-1"
  std::vector<PlacementNode> nodes;   // see order_nodes
};

// The chosen one first, then those that fit, best first, then those that don't, by reason; equals by name.
void order_nodes(Placement& placement);

// How many nodes each reason refuses, the most frequent first: "Insufficient cpu" -> 3.
std::vector<std::pair<std::string, int>> count_refusals(const Placement& placement);

}  // namespace orrery::viewmodel
