#include "playground/viewmodel/revisions.h"

#include <algorithm>
#include <cstdio>

namespace orrery::viewmodel {
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
