// What differs between two texts, line by line.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace orrery {

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

// As `diff -u` prints it, without the two lines that name the files: "@@ -1,4 +1,4 @@" and what follows.
std::string unified_hunks(const std::string& before, const std::string& after);

}  // namespace orrery
