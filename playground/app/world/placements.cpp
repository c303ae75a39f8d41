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

viewmodel::Placement placement_of(const scheduler::Scheduler& scheduler, const viewmodel::ObjectRef& pod, WallTime start,
                                  const viewmodel::Placement& known) {
  const client::Key key{Str(pod.ns), Str(pod.name)};
  const scheduler::Decision* newest = scheduler.last_decision(key);
  if (newest && known.as_decided && known.pod == pod && known.decided == start.ns + newest->at.ns) return known;
  viewmodel::Placement out;
  out.pod = pod;
  out.known = true;
  std::string chosen;
  const scheduler::Explanation explained = scheduler.explain(key);
  if (const scheduler::Decision* decision = explained.decision) {
    out.decided = start.ns + decision->at.ns;
    out.tied = decision->choice.tied;
    chosen = decision->node.str();
    out.evicts_on = decision->preemption.node.str();
    for (const auto& victim : decision->preemption.victims) out.victims.push_back(cat(victim->pod->metadata.namespace_, "/", victim->pod->metadata.name));
  }
  out.as_decided = explained.as_decided;
  for (const scheduler::NodeReport& report : explained.nodes) {
    out.nodes.push_back(node_of(report));
    out.nodes.back().chosen = !chosen.empty() && out.nodes.back().name == chosen;
  }
  order_nodes(out);
  return out;
}

}  // namespace orrery::app
