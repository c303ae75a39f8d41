// The time that objects are stamped with.
#pragma once

#include "core/base/time.h"

namespace orrery {

// What metav1.Time keeps: whole seconds. Set times since 1970.
constexpr WallTime whole_second(WallTime t) { return {t.ns / 1'000'000'000 * 1'000'000'000}; }

}  // namespace orrery
