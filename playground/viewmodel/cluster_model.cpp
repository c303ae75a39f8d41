#include "playground/viewmodel/cluster_model.h"

#include <tuple>

namespace orrery::viewmodel {

// Both are in the order of namespace and name, so one walk finds what came and went; most are the same, and aren't looked into.
std::vector<std::uint32_t> places_before(const SharedList<Pod>& before, const SharedList<Pod>& now) {
  const auto order = [](const Pod& a, const Pod& b) { return std::tie(a.ns, a.name) < std::tie(b.ns, b.name); };
  std::vector<std::uint32_t> places(now.size(), kNewPod);
  auto old = before.begin();
  for (auto pod = now.begin(); pod != now.end();) {
    const std::size_t i = std::size_t(pod - now.begin()), next = std::size_t(old - before.begin());
    if (const std::size_t run = now.same_run(i, before, next)) {
      for (std::size_t k = 0; k < run; ++k) places[i + k] = std::uint32_t(next + k);
      pod += std::ptrdiff_t(run), old += std::ptrdiff_t(run);
      continue;
    }
    const auto same = [&] { return pod.shared() == old.shared() || pod->uid == old->uid; };
    while (old != before.end() && !same() && !order(*pod, *old)) ++old;
    if (old != before.end() && same()) places[i] = std::uint32_t(old++ - before.begin());
    ++pod;
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
