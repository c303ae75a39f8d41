// Cause before effect: the cluster's time waits while the hops that led to what the map shows are still on their way.
#pragma once

#include "playground/viewmodel/motion.h"

namespace orrery::viewmodel {

class Pace {
 public:
  // A cluster that is never at rest is shown in streams instead: so much of the user's time may be spent waiting before
  // time goes on regardless, until half of it has been given back.
  static constexpr double kWaitMaxSeconds = 12;

  // Whether time waits in this frame. `shown`: the map is, with motion, at the speed of life or slower.
  bool waits(const Motion& motion, bool shown, double seconds);
  // Time goes on regardless, at its own speed.
  bool tired() const { return tired_; }

 private:
  double waited_ = 0;
  bool tired_ = false;
};

}  // namespace orrery::viewmodel
