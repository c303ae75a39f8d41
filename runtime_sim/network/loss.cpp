#include "runtime_sim/network/loss.h"

namespace orrery::sim {

Duration resend_wait(Rng& rng, uint32_t loss_percent) {
  Duration wait, step = kResendFirst;
  for (int i = 0; i < kResendMax && rng.below(100) < loss_percent; ++i) {
    wait = wait + step;
    step = step * 2;
  }
  return wait;
}

}  // namespace orrery::sim
