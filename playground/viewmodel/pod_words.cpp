#include "playground/viewmodel/pod_words.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/base/time.h"
#include "playground/viewmodel/utf8.h"

namespace orrery::viewmodel {
namespace {

constexpr const char* kDots = "...";
constexpr const char* kHashLabel = "pod-template-hash";

std::string template_hash(const Pod& pod) {
  for (const auto& [key, value] : pod.labels)
    if (key == kHashLabel) return value;
  return "";
}

}  // namespace

std::vector<std::string> shorter_names(const Pod& pod) {
  std::vector<std::string> names = {pod.name};
  const std::size_t dash = pod.name.rfind('-');
  const bool made = !pod.owner.empty() && dash != std::string::npos && dash > 0;
  const std::string end = made ? pod.name.substr(dash + 1) : "";
  std::string head = made ? pod.name.substr(0, dash) : pod.name;
  const std::string hash = template_hash(pod);
  if (made && !hash.empty() && ends_with(head, "-" + hash)) {
    head.resize(head.size() - hash.size() - 1);
    names.push_back(head + "-" + kDots + "-" + end);
    names.push_back(head + kDots + end);
  }
  while (head.size() > 1) {
    head.resize(previous_point(head, head.size()));
    names.push_back(head + kDots + end);
  }
  if (made) names.push_back(kDots + end), names.push_back(end);
  return names;
}

std::string age_text(Nanos age) { return human_duration(nanos(std::max<Nanos>(0, age))); }

SilentNodes silent_nodes(const ClusterModel& model) {
  SilentNodes silent;
  for (const Node& node : model.nodes)
    if (!node.ready) silent.insert(node.name);
  return silent;
}

bool out_of_touch(const SilentNodes& silent, const Pod& pod) {
  return silent.count(pod.node) > 0 && pod.phase != PodPhase::Succeeded && pod.phase != PodPhase::Failed;
}

}  // namespace orrery::viewmodel
