// What a SimWorld keeps of a machine.
#pragma once

#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {

struct SimWorld::Site {
  SimLink& link;
  NodeSpec spec;
  uint32_t index;
  Machine machine;
};

}  // namespace orrery::sim
