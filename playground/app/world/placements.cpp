#include "playground/app/world/placements.h"

#include "core/base/text.h"

namespace orrery::app {
namespace {

viewmodel::PlacementNode node_of(const scheduler::NodeReport& report) {
  viewmodel::PlacementNode out;
  out.name = report.node.str();
  out.total = report.total;
  for (const Str& reason : scheduler::reasons_of(report.verdict)) out.refusals.push_back(reason.str());
  if (!report.verdict.fits()) out.plugin = std::string(scheduler::plugin_of(report.verdict.why));
  for (const scheduler::NodeReport::Score& score : report.scores) out.scores.push_back({std::string(score.rule), score.normalized, score.weight});
  return out;
}

}  // namespace

viewmodel::Placement placement_of(const scheduler::Scheduler& scheduler, const viewmodel::ObjectRef& pod, WallTime start) {
  viewmodel::Placement out;
  out.pod = pod;
  out.known = true;
  const client::Key key{Str(pod.ns), Str(pod.name)};
  const auto& decisions = scheduler.last_decisions();
  std::string chosen;
  for (auto it = decisions.rbegin(); it != decisions.rend() && out.decided == 0; ++it) {
    if (!(it->pod == key)) continue;
    out.decided = start.ns + it->at.ns;
    out.tied = it->choice.tied;
    chosen = it->node.str();
    out.evicts_on = it->preemption.node.str();
    for (const auto& victim : it->preemption.victims) out.victims.push_back(cat(victim->pod->metadata.namespace_, "/", victim->pod->metadata.name));
  }
  for (const scheduler::NodeReport& report : scheduler.explain(key)) {
    out.nodes.push_back(node_of(report));
    out.nodes.back().chosen = !chosen.empty() && out.nodes.back().name == chosen;
  }
  order_nodes(out);
  return out;
}

}  // namespace orrery::app
