// The machine's wall clock.
#pragma once

#include "core/ports/clock.h"

namespace orrery::host {

class RealClock final : public ports::Clock {
 public:
  WallTime now() const override;
};

// A seed from the system's random source.
uint64_t random_seed();

}  // namespace orrery::host
