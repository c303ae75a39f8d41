// What an object belongs to and what belongs to it: owners, selectors, routes, claims, uses, as columns from left to right.
#pragma once

#include <string>
#include <vector>

#include "playground/viewmodel/model.h"

namespace orrery::viewmodel {

constexpr std::size_t kGraphRowsMax = 6;  // of one column; the rest is counted

struct GraphNode {
  ObjectRef ref;
  std::string note;     // "2 of 3 ready", "Running"
  bool has_sign = false;
  Tone tone = Tone::Idle;
  int column = 0, row = 0;
};

struct GraphEdge {
  std::size_t from = 0, to = 0;  // nodes; from stands left of to
  Word relation = Word::graph_owns;
};

struct ObjectGraph {
  std::vector<GraphNode> nodes;  // the object itself first; by column and row after it
  std::vector<GraphEdge> edges;
  std::vector<int> left_out;     // of each column, how many objects have no row
  int columns = 0;
};

// Empty when the cluster has no such object. A pod shows all it uses; other objects don't show what their pods use.
ObjectGraph object_graph(const Model& model, const ObjectRef& ref);

}  // namespace orrery::viewmodel
