// What several checkers ask about pods.
#pragma once

#include "core/api/gen/core_v1.h"
#include "core/base/time.h"

namespace orrery::sim {

// Controllers work from a watch that faults may hold back: what was true so short ago they may still act on.
constexpr Duration kControllerLag = seconds(60);

// By its condition alone; a pod that has ended may still carry it.
inline bool is_ready(const api::core_v1::Pod& pod) {
  for (const auto& c : pod.status.conditions)
    if (c.type == "Ready") return c.status == "True";
  return false;
}

}  // namespace orrery::sim
