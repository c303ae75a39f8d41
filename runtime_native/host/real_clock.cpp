#include "runtime_native/host/real_clock.h"

#include <sys/random.h>
#include <time.h>

#include "core/base/check.h"

namespace orrery::host {

WallTime RealClock::now() const {
  timespec t{};
  clock_gettime(CLOCK_REALTIME, &t);
  return WallTime{static_cast<int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec};
}

uint64_t random_seed() {
  uint64_t seed = 0;
  ORRERY_CHECK(getrandom(&seed, sizeof seed, 0) == sizeof seed, "the kernel gives eight random bytes");
  return seed;
}

}  // namespace orrery::host
