// Which two of an object's revisions that were seen are compared; what differs between them is core/base/line_diff.h's.
#pragma once

#include <string>
#include <vector>

#include "playground/viewmodel/cluster_model.h"

namespace orrery::viewmodel {

// Which two of the list are compared, as indices; none: fewer than two are there. `to` counts from the newest, so that it
// stays when another revision comes; `from` below 0 is the one before `to`.
struct RevisionPair {
  std::size_t from = 0, to = 0;
};
struct RevisionChoice {
  int to = 0;
  int from = -1;
  friend bool operator==(const RevisionChoice&, const RevisionChoice&) = default;
};
bool compared(const Revisions& revisions, const RevisionChoice& choice, RevisionPair& pair);

// "12:03:07" of the day; empty for 0.
std::string time_of_day(Nanos at);

}  // namespace orrery::viewmodel
