#include "core/scheduler/messages.h"

#include <algorithm>

#include "core/base/text.h"

namespace orrery::scheduler {

Str refusal_message(const Refusals& refusals, uint32_t nodes) {
  if (nodes == 0) return "no nodes available to schedule pods";
  std::vector<std::string> reasons;
  for (const auto& [reason, count] : refusals.by_reason) reasons.push_back(cat(count, " ", reason));
  std::stable_sort(reasons.begin(), reasons.end());
  std::string head = cat("0/", nodes, " nodes are available: ");
  std::vector<std::string> help;
  if (refusals.unresolvable > 0) help.push_back(cat(refusals.unresolvable, " Preemption is not helpful for scheduling"));
  if (refusals.resolvable > 0) help.push_back(cat(refusals.resolvable, " No preemption victims found for incoming pod"));
  std::stable_sort(help.begin(), help.end());
  return cat(head, join(reasons, ", "), ". preemption: ", head, join(help, ", "), ".");
}

Str assigned_message(const Key& pod, const Str& node) {
  return cat("Successfully assigned ", pod.ns, "/", pod.name, " to ", node);
}

Str choice_words(const Choice& choice, const Str& node, uint32_t nodes) {
  if (nodes == 1) return cat(node, " is the only node, and it fits");
  if (choice.fitting == 1) return cat(node, " is the only one of ", nodes, " nodes that fits");
  std::string out = cat(node, " scored ", choice.score, ", the most of ", choice.fitting, " nodes that fit");
  if (choice.tied > 1) out += cat(" (drawn from ", choice.tied, " equal ones)");
  return out;
}

}  // namespace orrery::scheduler
