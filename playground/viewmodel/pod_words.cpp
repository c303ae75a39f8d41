#include "playground/viewmodel/pod_words.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/base/time.h"
#include "playground/viewmodel/utf8.h"

namespace orrery::viewmodel {
namespace {

constexpr const char* kDots = "...";
constexpr std::size_t kTail = 2;  // of an ending: enough to tell a handful of pods apart
constexpr const char* kHashLabel = "pod-template-hash";

bool all_digits(const std::string& text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos; }

std::string template_hash(const Pod& pod) {
  for (const auto& [key, value] : pod.labels)
    if (key == kHashLabel) return value;
  return "";
}

}  // namespace

std::vector<std::string> shorter_names(const Pod& pod) {
  std::vector<std::string> names = {pod.name};
  const auto add = [&](std::string name) {
    if (name.size() < names.back().size()) names.push_back(std::move(name));
  };
  const std::size_t dash = pod.name.rfind('-');
  const bool parted = dash != std::string::npos && dash > 0;
  const bool made = !pod.owner.empty() && parted, numbered = !made && parted && all_digits(pod.name.substr(dash + 1));
  std::string end = made ? pod.name.substr(dash + 1) : numbered ? pod.name.substr(dash) : "";
  std::string head = made || numbered ? pod.name.substr(0, dash) : pod.name;
  const std::string hash = template_hash(pod);
  if (made && !hash.empty() && ends_with(head, "-" + hash)) {
    head.resize(head.size() - hash.size() - 1);
    add(head + "-" + kDots + "-" + end);
    add(head + kDots + end);
  }
  if (made && end.size() > kTail && !all_digits(end)) {
    end.erase(0, end.size() - kTail);
    add(head + kDots + end);
  }
  while (head.size() > 1) {
    head.resize(previous_point(head, head.size()));
    add(head + kDots + end);
  }
  if (!end.empty()) add(kDots + end), add(end);
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
