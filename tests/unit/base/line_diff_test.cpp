#include <doctest/doctest.h>

#include "core/base/line_diff.h"

using namespace orrery;

namespace {

std::string told(const std::string& before, const std::string& after) {
  std::string out;
  for (const DiffLine& line : diff_lines(before, after)) {
    using Kind = DiffLine::Kind;
    if (line.kind == Kind::Gap) out += "@" + std::to_string(line.skipped) + "\n";
    else out += (line.kind == Kind::Added ? "+" : line.kind == Kind::Removed ? "-" : " ") + line.text + "\n";
  }
  return out;
}

std::string lines(int from, int to) {
  std::string out;
  for (int i = from; i < to; ++i) out += "line " + std::to_string(i) + "\n";
  return out;
}

}  // namespace

TEST_CASE("line diff: only what changed, with three lines around it, and what is left out is counted") {
  CHECK(told("a\nb\n", "a\nb\n").empty());
  CHECK(told("", "a\n") == "+a\n");
  CHECK(told("replicas: 3\n", "replicas: 5\n") == "-replicas: 3\n+replicas: 5\n");
  CHECK(told(lines(0, 10) + "x\n" + lines(10, 20), lines(0, 10) + "y\n" + lines(10, 20)) ==
        "@7\n line 7\n line 8\n line 9\n-x\n+y\n line 10\n line 11\n line 12\n@7\n");
  CHECK(told("a\nb\nc\nd\n", "a\nc\nd\ne\n") == " a\n-b\n c\n d\n+e\n");
}

TEST_CASE("line diff: texts that are too long are replaced as a whole, and nothing is lost") {
  const std::string before = lines(0, int(kDiffLinesMax) + 5), after = "new\n" + lines(7, int(kDiffLinesMax) + 12);
  std::size_t removed = 0, added = 0;
  for (const DiffLine& line : diff_lines(before, after)) {
    removed += line.kind == DiffLine::Kind::Removed;
    added += line.kind == DiffLine::Kind::Added;
  }
  CHECK(removed == kDiffLinesMax + 5);
  CHECK(added == kDiffLinesMax + 6);
}

TEST_CASE("line diff: as `diff -u` prints it") {
  CHECK(unified_hunks("a\n", "a\n").empty());
  CHECK(unified_hunks("", "a\nb\n") == "@@ -0,0 +1,2 @@\n+a\n+b\n");
  CHECK(unified_hunks("a\nb\n", "") == "@@ -1,2 +0,0 @@\n-a\n-b\n");
  CHECK(unified_hunks("a\n", "b\n") == "@@ -1 +1 @@\n-a\n+b\n");
  CHECK(unified_hunks(lines(1, 21), lines(1, 10) + "x\n" + lines(11, 21)) ==
        "@@ -7,7 +7,7 @@\n line 7\n line 8\n line 9\n-line 10\n+x\n line 11\n line 12\n line 13\n");
  // six lines between two changes still belong to one hunk, seven part them
  CHECK(unified_hunks("a\n" + lines(1, 7) + "b\n", "c\n" + lines(1, 7) + "d\n").find("@@ -1,8 +1,8 @@") == 0);
  const std::string two = unified_hunks("a\n" + lines(1, 8) + "b\n", "c\n" + lines(1, 8) + "d\n");
  CHECK(two.find("@@ -1,4 +1,4 @@\n") == 0);
  CHECK(two.find("@@ -6,4 +6,4 @@\n") != std::string::npos);
}
