// An object's revisions that were seen, and what differs between two of them, line by line.
#pragma once

#include <string>
#include <vector>

#include "playground/viewmodel/cluster_model.h"

namespace orrery::viewmodel {

constexpr std::size_t kDiffContext = 3;      // lines that stay the same around each change
constexpr std::size_t kDiffLinesMax = 2000;  // of what differs on one side; beyond, all of it counts as replaced

struct DiffLine {
  enum class Kind { Same, Removed, Added, Gap };  // Gap: `skipped` lines that are the same
  Kind kind = Kind::Same;
  std::string text;
  std::size_t skipped = 0;
  friend bool operator==(const DiffLine&, const DiffLine&) = default;
};

// From one text to another; empty when they are the same.
std::vector<DiffLine> diff_lines(const std::string& before, const std::string& after);

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
