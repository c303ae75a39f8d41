// What the time bar is painted with: when something went wrong or became well, over the whole recording. Unlike the
// history it keeps what lies ahead while the past is shown.
#pragma once

#include <vector>

#include "playground/viewmodel/history.h"

namespace orrery::viewmodel {

struct TimeMark {
  Nanos at = 0;
  Tone tone = Tone::Idle;
  friend bool operator==(const TimeMark&, const TimeMark&) = default;
};

class Timeline {
 public:
  static constexpr std::size_t kMaxMarks = 2000;  // then every second one of the older half goes

  // Takes what the history has to say beyond what was seen so far.
  void observe(const History& history, const Clock& clock);
  void reset() { *this = Timeline(); }
  const std::vector<TimeMark>& marks() const { return marks_; }

 private:
  Nanos seen_ = 0;  // marks are complete up to here
  Nanos end_ = 0;
  std::vector<TimeMark> marks_;
};

// "0:42", "12:07", "1:02:07": time since the start.
std::string clock_text(Nanos since_start);

}  // namespace orrery::viewmodel
