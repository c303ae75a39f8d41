#include "core/scheduler/messages.h"

#include <algorithm>

#include "core/base/text.h"

namespace orrery::scheduler {

namespace {

std::string none_available(const std::map<Str, int32_t>& by_reason, uint32_t nodes) {
  std::vector<std::string> reasons;
  for (const auto& [reason, count] : by_reason) reasons.push_back(cat(count, " ", reason));
  std::stable_sort(reasons.begin(), reasons.end());
  return cat("0/", nodes, " nodes are available: ", join(reasons, ", "), ".");
}

}  // namespace

Str refusal_message(const Refusals& refusals, uint32_t nodes, const Str& preemption) {
  if (nodes == 0) return "no nodes available to schedule pods";
  std::string message = refusals.everywhere.empty()
                            ? none_available(refusals.by_reason, nodes)
                            : cat("0/", nodes, " nodes are available: ", refusals.everywhere, ".");
  return preemption.empty() ? Str(message) : Str(cat(message, " ", preemption));
}

Str preemption_message(const Preemption& preemption, uint32_t nodes) {
  return preemption.node.empty() ? Str(cat("preemption: ", none_available(preemption.refusals, nodes))) : Str();
}

Str assigned_message(const Key& pod, const Str& node) {
  return cat("Successfully assigned ", pod.ns, "/", pod.name, " to ", node);
}

Str refusal_words(const Choice& choice, const Preemption& preemption, uint32_t nodes) {
  std::string out = refusal_message(choice.refusals, nodes).str();
  if (preemption.node.empty()) return out;
  std::vector<std::string> names;
  for (const auto& victim : preemption.victims) names.push_back(victim->pod->metadata.name.str());
  return cat(out, " Evicting ", join(names, ", "), " from ", preemption.node, " makes room");
}

Str choice_words(const Choice& choice, const Str& node, uint32_t nodes) {
  if (nodes == 1) return cat(node, " is the only node, and it fits");
  if (choice.fitting == 1) return cat(node, " is the only one of ", nodes, " nodes that fits");
  std::string out = cat(node, " scored ", choice.score, ", the most of ", choice.fitting, " nodes that fit");
  if (choice.tied > 1) out += cat(" (drawn from ", choice.tied, " equal ones)");
  return out;
}

}  // namespace orrery::scheduler
