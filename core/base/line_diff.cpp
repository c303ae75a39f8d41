#include "core/base/line_diff.h"

#include <algorithm>
#include <cstdint>

#include "core/base/str.h"

namespace orrery {
namespace {

using Lines = std::vector<std::string>;
using Kind = DiffLine::Kind;

Lines lines_of(const std::string& text) {
  Lines lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

// The lines of a[from, a_to) and b[from, b_to) by a longest common subsequence.
void middle(const Lines& a, const Lines& b, std::size_t from, std::size_t a_to, std::size_t b_to, std::vector<DiffLine>& out) {
  const std::size_t n = a_to - from, m = b_to - from;
  if (n > kDiffLinesMax || m > kDiffLinesMax) {
    for (std::size_t i = 0; i < n; ++i) out.push_back({Kind::Removed, a[from + i], 0});
    for (std::size_t j = 0; j < m; ++j) out.push_back({Kind::Added, b[from + j], 0});
    return;
  }
  std::vector<std::uint16_t> common((n + 1) * (m + 1), 0);  // of the ends that begin at (i, j)
  const auto at = [&](std::size_t i, std::size_t j) -> std::uint16_t& { return common[i * (m + 1) + j]; };
  for (std::size_t i = n; i-- > 0;)
    for (std::size_t j = m; j-- > 0;)
      at(i, j) = a[from + i] == b[from + j] ? std::uint16_t(at(i + 1, j + 1) + 1) : std::max(at(i + 1, j), at(i, j + 1));
  std::size_t i = 0, j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && a[from + i] == b[from + j]) out.push_back({Kind::Same, a[from + i], 0}), ++i, ++j;
    else if (i < n && (j == m || at(i + 1, j) >= at(i, j + 1))) out.push_back({Kind::Removed, a[from + i++], 0});
    else out.push_back({Kind::Added, b[from + j++], 0});
  }
}

// Leaves kDiffContext lines around each change, and says how many are left out.
std::vector<DiffLine> folded(const std::vector<DiffLine>& all) {
  std::vector<char> kept(all.size(), 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].kind == Kind::Same) continue;
    for (std::size_t j = i > kDiffContext ? i - kDiffContext : 0; j < std::min(all.size(), i + kDiffContext + 1); ++j) kept[j] = 1;
  }
  std::vector<DiffLine> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (kept[i]) out.push_back(all[i]);
    else if (!out.empty() && out.back().kind == Kind::Gap) ++out.back().skipped;
    else out.push_back({Kind::Gap, "", 1});
  }
  return out;
}

}  // namespace

std::vector<DiffLine> diff_lines(const std::string& before, const std::string& after) {
  if (before == after) return {};
  const Lines a = lines_of(before), b = lines_of(after);
  std::size_t head = 0, a_to = a.size(), b_to = b.size();
  while (head < a_to && head < b_to && a[head] == b[head]) ++head;
  while (a_to > head && b_to > head && a[a_to - 1] == b[b_to - 1]) --a_to, --b_to;
  std::vector<DiffLine> all;
  for (std::size_t i = 0; i < head; ++i) all.push_back({Kind::Same, a[i], 0});
  middle(a, b, head, a_to, b_to, all);
  for (std::size_t i = a_to; i < a.size(); ++i) all.push_back({Kind::Same, a[i], 0});
  return folded(all);
}

namespace {

// "3,4", "3" of one line; of none the line before.
std::string span(std::size_t first, std::size_t count) {
  return count == 1 ? cat(first) : cat(count == 0 ? first - 1 : first, ",", count);
}

}  // namespace

std::string unified_hunks(const std::string& before, const std::string& after) {
  std::string out, hunk;
  std::size_t a = 1, b = 1, a_from = 1, b_from = 1;  // the next lines, and where the hunk begins
  const auto end_hunk = [&] {
    if (!hunk.empty()) out += cat("@@ -", span(a_from, a - a_from), " +", span(b_from, b - b_from), " @@\n", hunk);
    hunk.clear();
  };
  for (const DiffLine& line : diff_lines(before, after)) {
    if (line.kind == Kind::Gap) {
      end_hunk();
      a += line.skipped, b += line.skipped;
      a_from = a, b_from = b;
      continue;
    }
    hunk += cat(line.kind == Kind::Same ? ' ' : line.kind == Kind::Removed ? '-' : '+', line.text, "\n");
    a += line.kind != Kind::Added;
    b += line.kind != Kind::Removed;
  }
  end_hunk();
  return out;
}

}  // namespace orrery
