#include "playground/viewmodel/cluster_model.h"

namespace orrery::viewmodel {

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
