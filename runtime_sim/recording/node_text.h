// Nodes in the files of scenarios and recordings: a name, or {name, cpu, memory, pods, labels, taints, resources,
// allocatable}, taints as [{key, value, effect}]; and images that the world has beside the catalogue's:
// {image, ports, cpu, memory}.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {

NodeSpec node_of(const nlohmann::json& node);
std::string node_text(const NodeSpec& spec);  // YAML, in one line
std::string image_text(const PlainImage& image);  // the same
// `nodes` is a number or a list; without it there are three.
WorldOptions world_of(const nlohmann::json& file, uint64_t seed);

// The file's own files: by name.
std::map<std::string, std::string> files_of(const nlohmann::json& file);

}  // namespace orrery::sim
