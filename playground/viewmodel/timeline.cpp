#include "playground/viewmodel/timeline.h"

#include <algorithm>
#include <cstdio>

namespace orrery::viewmodel {

void Timeline::observe(const History& history, const Clock& clock) {
  if (clock.end < end_) {  // a branch: what was ahead won't happen
    marks_.erase(std::remove_if(marks_.begin(), marks_.end(), [&](const TimeMark& mark) { return mark.at > clock.end; }), marks_.end());
    seen_ = std::min(seen_, clock.end);
  }
  end_ = clock.end;
  for (const FeedLine& line : history.feed()) {
    if (line.at <= seen_) continue;
    const bool tells = line.tone == Tone::Bad || line.tone == Tone::Good;
    if (tells && (marks_.empty() || !(marks_.back() == TimeMark{line.at, line.tone}))) marks_.push_back({line.at, line.tone});
  }
  if (!history.feed().empty()) seen_ = std::max(seen_, history.feed().back().at);
  if (marks_.size() <= kMaxMarks) return;
  std::vector<TimeMark> fewer;
  for (std::size_t i = 0; i < marks_.size(); ++i)
    if (i >= marks_.size() / 2 || i % 2 == 0) fewer.push_back(marks_[i]);
  marks_ = std::move(fewer);
}

std::string clock_text(Nanos since_start) {
  const long seconds = long(std::max<Nanos>(0, since_start) / kSecond);
  char text[32];
  if (seconds >= 3600) std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60, seconds % 60);
  else std::snprintf(text, sizeof text, "%ld:%02ld", seconds / 60, seconds % 60);
  return text;
}

}  // namespace orrery::viewmodel
