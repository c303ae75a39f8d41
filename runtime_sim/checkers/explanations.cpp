#include "runtime_sim/checkers/explanations.h"

#include <map>

#include "core/base/text.h"
#include "core/scheduler/messages.h"

namespace orrery::sim {

using scheduler::Decision;
using scheduler::NodeReport;

std::string explanation_differs(const Decision& d, const std::vector<NodeReport>& nodes) {
  int32_t fitting = 0, best = 0;
  int64_t best_total = -1, chosen_total = -1;
  std::map<Str, int32_t> refusals;
  for (const NodeReport& node : nodes) {
    if (!node.verdict.fits()) {
      for (const Str& reason : scheduler::reasons_of(node.verdict)) ++refusals[reason];
      continue;
    }
    ++fitting;
    if (node.node == d.node) chosen_total = node.total;
    if (node.total > best_total) best_total = node.total, best = 0;
    best += node.total == best_total;
  }
  if (fitting != d.choice.fitting) return cat(fitting, " nodes fit, and ", d.choice.fitting, " did");
  if (fitting > 0 && chosen_total != d.choice.score) return cat(d.node, " has ", chosen_total, ", and won with ", d.choice.score);
  if (fitting > 0 && (best_total != d.choice.score || best != d.choice.tied))
    return cat(best, " nodes have the best total ", best_total, ", and ", d.choice.tied, " had ", d.choice.score);
  if (fitting == 0 && d.choice.refusals.everywhere.empty() && refusals != d.choice.refusals.by_reason) return "the refusals differ";
  return "";
}

Report check_explanations(const scheduler::Scheduler& scheduler, Instant now) {
  Report out;
  const auto& decisions = scheduler.last_decisions();
  size_t looked = 0;
  for (auto it = decisions.rbegin(); it != decisions.rend() && looked < kExplainedMax; ++it, ++looked) {
    const auto nodes = scheduler.explain(*it);
    if (!nodes) continue;
    const std::string what = explanation_differs(*it, *nodes);
    if (!what.empty()) out.push_back({"explanations", Str(cat("of ", it->pod.ns, "/", it->pod.name, ": ", what)), now});
  }
  return out;
}

}  // namespace orrery::sim
