#include "runtime_sim/copy/nodes_of.h"

#include <set>

#include "core/base/text.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

// A machine of which only the name is known must hold whatever ran on it.
constexpr const char* kGuessedCpu = "64";
constexpr const char* kGuessedMemory = "256Gi";
constexpr int32_t kGuessedPods = 250;
constexpr int32_t kPods = 110;

bool set_by_kubelet(const std::string& label) {
  return label == "kubernetes.io/hostname" || label == "kubernetes.io/os" || starts_with(label, "beta.kubernetes.io/");
}

// Those that controllers set by the node's conditions come back by themselves.
bool set_by_controllers(const std::string& taint) {
  return starts_with(taint, "node.kubernetes.io/") && taint != "node.kubernetes.io/out-of-service";
}

NodeSpec spec_of(const json& node) {
  NodeSpec spec;
  spec.name = node["metadata"].value("name", "");
  const json labels = node["metadata"].value("labels", json::object());
  for (const auto& [key, value] : labels.items())
    if (!set_by_kubelet(key)) spec.labels.set(key, value.get<std::string>());
  const json capacity = node.value("/status/capacity"_json_pointer, json::object());
  for (const auto& [name, amount] : capacity.items()) {
    std::string text = amount.is_string() ? amount.get<std::string>() : amount.dump();
    int64_t pods = 0;
    if (name == "cpu")
      spec.cpu = text;
    else if (name == "memory")
      spec.memory = text;
    else if (name == "pods")
      spec.pods = parse_int64(text, pods) ? static_cast<int32_t>(pods) : kPods;
    else
      spec.resources.set(name, text);
  }
  const json allocatable = node.value("/status/allocatable"_json_pointer, json::object());
  for (const auto& [name, amount] : allocatable.items())
    if (capacity.value(name, json()) != amount && amount.is_string())
      spec.allocatable.set(name, amount.get<std::string>());
  for (const json& from : node.value("/spec/taints"_json_pointer, json::array())) {
    if (set_by_controllers(from.value("key", ""))) continue;
    api::core_v1::Taint taint;
    taint.key = from.value("key", "");
    taint.value = from.value("value", "");
    taint.effect = from.value("effect", "");
    spec.taints.push_back(std::move(taint));
  }
  return spec;
}

void guess(const Reading& reading, NodesOf& out) {
  std::set<std::string> names;
  if (const Listing* pods = reading.find("pods"))
    for (const json& pod : pods->objects)
      if (std::string name = pod.value("/spec/nodeName"_json_pointer, std::string()); !name.empty()) names.insert(name);
  out.guessed = true;
  if (names.empty()) names = {"node-1", "node-2", "node-3"};
  for (const std::string& name : names) {
    NodeSpec spec;
    spec.name = name;
    spec.cpu = kGuessedCpu;
    spec.memory = kGuessedMemory;
    spec.pods = kGuessedPods;
    out.nodes.push_back(std::move(spec));
  }
}

}  // namespace

NodesOf nodes_of(const Reading& reading) {
  NodesOf out;
  const Listing* nodes = reading.find("nodes");
  if (!nodes || (nodes->objects.empty() && !nodes->refused.empty())) {
    guess(reading, out);
    return out;
  }
  for (const json& node : nodes->objects) {
    out.nodes.push_back(spec_of(node));
    const std::string name = node["metadata"].value("name", "");
    if (node.value("/spec/unschedulable"_json_pointer, false)) out.cordoned.push_back(name);
    if (!is_ready(node)) out.down.push_back(name);
  }
  return out;
}

}  // namespace orrery::sim
