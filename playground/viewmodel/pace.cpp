#include "playground/viewmodel/pace.h"

#include <algorithm>

namespace orrery::viewmodel {

bool Pace::waits(const Motion& motion, bool shown, double seconds) {
  const bool wanted = shown && motion.works();
  if (wanted && !tired_) waited_ += seconds;
  else waited_ = std::max(0.0, waited_ - seconds);
  if (waited_ >= kWaitMaxSeconds) tired_ = true;
  if (waited_ <= kWaitMaxSeconds / 2) tired_ = false;
  return wanted && !tired_;
}

}  // namespace orrery::viewmodel
