#include "playground/viewmodel/revisions.h"

#include <algorithm>
#include <cstdio>

namespace orrery::viewmodel {
namespace {

using Lines = std::vector<std::string>;
using Kind = DiffLine::Kind;

Lines split(const std::string& text) {
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
  const Lines a = split(before), b = split(after);
  std::size_t head = 0, a_to = a.size(), b_to = b.size();
  while (head < a_to && head < b_to && a[head] == b[head]) ++head;
  while (a_to > head && b_to > head && a[a_to - 1] == b[b_to - 1]) --a_to, --b_to;
  std::vector<DiffLine> all;
  for (std::size_t i = 0; i < head; ++i) all.push_back({Kind::Same, a[i], 0});
  middle(a, b, head, a_to, b_to, all);
  for (std::size_t i = a_to; i < a.size(); ++i) all.push_back({Kind::Same, a[i], 0});
  return folded(all);
}

bool compared(const Revisions& revisions, const RevisionChoice& choice, RevisionPair& pair) {
  const int count = int(revisions.list.size());
  if (count < 2) return false;
  const int to = std::clamp(choice.to, 0, count - 1), from = choice.from < 0 ? to + 1 : choice.from;
  if (from >= count || from == to) return false;
  pair = {std::size_t(count - 1 - std::max(to, from)), std::size_t(count - 1 - std::min(to, from))};
  return true;
}

std::string time_of_day(Nanos at) {
  if (at == 0) return "";
  const long seconds = long(at / kSecond % 86400);
  char text[16];
  std::snprintf(text, sizeof text, "%02ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return text;
}

}  // namespace orrery::viewmodel
