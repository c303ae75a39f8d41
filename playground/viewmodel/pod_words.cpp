#include "playground/viewmodel/pod_words.h"

#include <algorithm>

#include "playground/viewmodel/utf8.h"

namespace orrery::viewmodel {
namespace {

constexpr const char* kDots = "...";
constexpr const char* kHashLabel = "pod-template-hash";

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string template_hash(const Pod& pod) {
  for (const auto& [key, value] : pod.labels)
    if (key == kHashLabel) return value;
  return "";
}

// Two units at most, the second left out when it is zero.
std::string two(Nanos first, const char* unit, Nanos second, const char* smaller) {
  return std::to_string(first) + unit + (second > 0 ? std::to_string(second) + smaller : "");
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

std::string age_text(Nanos age) {
  const Nanos seconds = std::max<Nanos>(0, age / kSecond), minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  if (seconds < 120) return std::to_string(seconds) + "s";
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s");
  if (hours < 3) return std::to_string(minutes) + "m";
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return std::to_string(hours) + "h";
  if (days < 8) return two(days, "d", hours % 24, "h");
  return std::to_string(days) + "d";
}

bool out_of_touch(const ClusterModel& model, const Pod& pod) {
  if (pod.phase == PodPhase::Succeeded || pod.phase == PodPhase::Failed) return false;
  const Node* node = find_node(model, pod.node);
  return node != nullptr && !node->ready;
}

}  // namespace orrery::viewmodel
