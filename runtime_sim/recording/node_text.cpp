#include "runtime_sim/recording/node_text.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

Map<Str> texts_of(const json& from, const char* name) {
  Map<Str> out;
  const json texts = from.value(name, json::object());  // kept alive: items() refers to it
  for (const auto& [key, value] : texts.items()) out.set(key, value.get<std::string>());
  return out;
}

json texts(const Map<Str>& map) {
  json out = json::object();
  for (const auto& [key, value] : map) out[key.str()] = value.str();
  return out;
}

int64_t amount(const json& from, const char* name, bool milli, int64_t otherwise) {
  auto q = Quantity::parse(from.value(name, ""));
  return !q.ok() ? otherwise : milli ? q->milli_value() : q->value();
}

PlainImage image_of(const json& from) {
  PlainImage out;
  out.reference = from.value("image", "");
  const json ports = from.value("ports", json::array());
  for (const json& port : ports) out.ports.push_back(port.get<int32_t>());
  out.cpu_milli = amount(from, "cpu", true, out.cpu_milli);
  out.memory_bytes = amount(from, "memory", false, out.memory_bytes);
  return out;
}

}  // namespace

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
  spec.labels = texts_of(n, "labels");
  spec.resources = texts_of(n, "resources");
  spec.allocatable = texts_of(n, "allocatable");
  const json taints = n.value("taints", json::array());
  for (const json& from : taints) {
    api::core_v1::Taint taint;
    taint.key = from.value("key", "");
    taint.value = from.value("value", "");
    taint.effect = from.value("effect", "NoSchedule");
    spec.taints.push_back(std::move(taint));
  }
  return spec;
}

std::string node_text(const NodeSpec& spec) {
  json n = {{"name", spec.name.str()}, {"cpu", spec.cpu.str()}, {"memory", spec.memory.str()}, {"pods", spec.pods}};
  if (!spec.labels.empty()) n["labels"] = texts(spec.labels);
  if (!spec.resources.empty()) n["resources"] = texts(spec.resources);
  if (!spec.allocatable.empty()) n["allocatable"] = texts(spec.allocatable);
  for (const api::core_v1::Taint& taint : spec.taints)
    n["taints"].push_back({{"key", taint.key.str()}, {"value", taint.value.str()}, {"effect", taint.effect.str()}});
  return n.dump();
}

std::string image_text(const PlainImage& image) {
  json out = {{"image", image.reference.str()}, {"cpu", cat(image.cpu_milli, "m")}, {"memory", cat(image.memory_bytes)}};
  for (int32_t port : image.ports) out["ports"].push_back(port);
  return out.dump();
}

WorldOptions world_of(const json& file, uint64_t seed) {
  WorldOptions o;
  o.seed = seed;
  const json images = file.value("images", json::array());
  for (const json& image : images) o.images.push_back(image_of(image));
  const json nodes = file.value("nodes", json(3));
  if (nodes.is_number_integer()) {
    o.node_count = nodes.get<uint32_t>();
    return o;
  }
  for (const json& n : nodes) o.nodes.push_back(node_of(n));
  return o;
}

std::map<std::string, std::string> files_of(const json& file) {
  std::map<std::string, std::string> out;
  const json files = file.value("files", json::object());  // kept alive: items() refers to it
  for (const auto& [name, content] : files.items()) out[name] = content.get<std::string>();
  return out;
}

}  // namespace orrery::sim
