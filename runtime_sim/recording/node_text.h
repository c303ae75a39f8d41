// Nodes in the files of scenarios and recordings: a name, or {name, cpu, memory, pods, labels}.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {

NodeSpec node_of(const nlohmann::json& node);
std::string node_text(const NodeSpec& spec);  // YAML, in one line
// `nodes` is a number or a list; without it there are three.
WorldOptions world_of(const nlohmann::json& file, uint64_t seed);

}  // namespace orrery::sim
