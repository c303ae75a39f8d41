#include "playground/viewmodel/cluster_model.h"

#include <tuple>

namespace orrery::viewmodel {

// Both are in the order of namespace and name, so one walk finds what came and went; most are the same, and aren't looked into.
std::vector<std::uint32_t> places_before(const SharedList<Pod>& before, const SharedList<Pod>& now) {
  const auto order = [](const Pod& a, const Pod& b) { return std::tie(a.ns, a.name) < std::tie(b.ns, b.name); };
  std::vector<std::uint32_t> places(now.size(), kNewPod);
  std::size_t next = 0;
  for (std::size_t i = 0; i < now.size(); ++i) {
    const auto same = [&] { return now.items()[i] == before.items()[next] || now[i].uid == before[next].uid; };
    while (next < before.size() && !same() && !order(now[i], before[next])) ++next;
    if (next < before.size() && same()) places[i] = std::uint32_t(next++);
  }
  return places;
}

const Pod* find_pod(const ClusterModel& model, const std::string& uid) {
  for (const Pod& pod : model.pods)
    if (pod.uid == uid) return &pod;
  return nullptr;
}

const Pod* find_pod(const ClusterModel& model, const std::string& ns, const std::string& name) {
  for (const Pod& pod : model.pods)
    if (pod.name == name && pod.ns == ns) return &pod;
  return nullptr;
}

const Node* find_node(const ClusterModel& model, const std::string& name) {
  for (const Node& node : model.nodes)
    if (node.name == name) return &node;
  return nullptr;
}

const Part* find_part(const ClusterModel& model, const std::string& id) {
  for (const Part& part : model.parts)
    if (part.id == id) return &part;
  return nullptr;
}

}  // namespace orrery::viewmodel
