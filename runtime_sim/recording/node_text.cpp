#include "runtime_sim/recording/node_text.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace orrery::sim {

using nlohmann::json;

NodeSpec node_of(const json& n) {
  NodeSpec spec;
  if (n.is_string()) {
    spec.name = n.get<std::string>();
    return spec;
  }
  spec.name = n.value("name", "");
  spec.cpu = n.value("cpu", "4");
  spec.memory = n.value("memory", "8Gi");
  spec.pods = n.value("pods", 110);
  const json labels = n.value("labels", json::object());  // kept alive: items() refers to it
  for (const auto& [k, v] : labels.items()) spec.labels.set(k, v.get<std::string>());
  return spec;
}

std::string node_text(const NodeSpec& spec) {
  json labels = json::object();
  for (const auto& [key, value] : spec.labels) labels[key.str()] = value.str();
  json n = {{"name", spec.name.str()}, {"cpu", spec.cpu.str()}, {"memory", spec.memory.str()}, {"pods", spec.pods}};
  if (!labels.empty()) n["labels"] = labels;
  return n.dump();
}

WorldOptions world_of(const json& file, uint64_t seed) {
  WorldOptions o;
  o.seed = seed;
  const json nodes = file.value("nodes", json(3));
  if (nodes.is_number_integer()) {
    o.node_count = nodes.get<uint32_t>();
    return o;
  }
  for (const json& n : nodes) o.nodes.push_back(node_of(n));
  return o;
}

}  // namespace orrery::sim
