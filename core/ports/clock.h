// The wall clock: only stamps objects. Everything that waits uses TaskQueue::now().
#pragma once

#include "core/base/time.h"

namespace orrery::ports {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() const = 0;
};

}  // namespace orrery::ports
