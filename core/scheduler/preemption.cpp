#include "core/scheduler/preemption.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

#include "core/client/match.h"

namespace orrery::scheduler {
namespace {

using InfoPtr = std::shared_ptr<const PodInfo>;
constexpr const char* kNotHelpful = "Preemption is not helpful for scheduling";
constexpr const char* kNoVictims = "No preemption victims found for incoming pod";

// A pod on a node of the cluster, which stays as it is while victims are sought.
using PodOn = const InfoPtr*;

bool more_important(PodOn a, PodOn b) {
  if ((*a)->priority != (*b)->priority) return (*a)->priority > (*b)->priority;
  return (*a)->started < (*b)->started;
}

void sort_by_importance(std::vector<PodOn>& pods) {
  if (!std::is_sorted(pods.begin(), pods.end(), more_important)) std::stable_sort(pods.begin(), pods.end(), more_important);
}

// One node as it would be without some of its pods.
class Trial {
 public:
  virtual ~Trial() = default;
  virtual void begin(uint32_t index) = 0;
  virtual void remove(const InfoPtr& pod) = 0;
  virtual void add(const InfoPtr& pod) = 0;
  virtual Verdict verdict() = 0;
  virtual void end() {}
};

// For pods whom it doesn't matter where other pods are: sums are enough.
class PlainTrial final : public Trial {
 public:
  PlainTrial(const PodInfo& pod, const Cluster& cluster) : pod_(pod), cluster_(cluster), volumes_(pod, cluster) {}
  void begin(uint32_t index) override {
    judged_ = false;
    volumes_.reset();
    const NodeInfo& real = cluster_.nodes()[index];
    node_.node = real.node;
    node_.name = real.name;
    node_.allocatable = real.allocatable;
    node_.pods_max = real.pods_max;
    node_.requested = real.requested;
    node_.ports = real.ports;
    node_.pod_count = real.pod_count;
  }
  void remove(const InfoPtr& pod) override { change(*pod, -1); }
  void add(const InfoPtr& pod) override { change(*pod, +1); }
  // Once a node's own properties suit the pod they go on to: then only what depends on pods is asked again.
  Verdict verdict() override {
    Verdict plain = judged_ ? filter_ports(pod_, node_) : filter_node(pod_, node_);
    if (plain.fits() && judged_) plain = filter_resources(pod_, node_);
    judged_ |= plain.fits();
    return plain.fits() ? volumes_.filter(node_) : plain;
  }

 private:
  void change(const PodInfo& pod, int sign) {
    node_.requested.add(pod.requests, sign);
    node_.pod_count += sign;
    volumes_.count(pod, sign);
    if (sign > 0) node_.ports.insert(node_.ports.end(), pod.ports.begin(), pod.ports.end());
    if (sign > 0) return;
    for (const HostPort& port : pod.ports) {
      auto at = std::find(node_.ports.begin(), node_.ports.end(), port);
      if (at != node_.ports.end()) node_.ports.erase(at);
    }
  }
  const PodInfo& pod_;
  const Cluster& cluster_;
  VolumeCheck volumes_;
  NodeInfo node_;
  bool judged_ = false;
};

// For the others: a copy of the cluster, counted anew where it changes.
class TopologyTrial final : public Trial {
 public:
  TopologyTrial(const PodInfo& pod, const Cluster& cluster)
      : pod_(pod), cluster_(cluster), topology_(pod, cluster_), volumes_(pod, cluster_) {}
  void begin(uint32_t index) override {
    index_ = index;
    removed_.clear();
  }
  void remove(const InfoPtr& pod) override {
    cluster_.remove_pod(client::key_of(pod->pod->metadata));
    volumes_.count(*pod, -1);
    removed_.push_back(pod);
  }
  void add(const InfoPtr& pod) override {
    cluster_.add_pod(pod, cluster_.nodes()[index_].name);
    volumes_.count(*pod, +1);
    removed_.erase(std::find(removed_.begin(), removed_.end(), pod));
  }
  Verdict verdict() override {
    topology_.refresh(index_, cluster_);
    topology_.prepare();
    Verdict plain = filter_node(pod_, cluster_.nodes()[index_]);
    if (plain.fits()) plain = volumes_.filter(cluster_.nodes()[index_]);
    return plain.fits() ? topology_.filter(index_, cluster_.nodes()[index_]) : plain;
  }
  void end() override {
    while (!removed_.empty()) add(InfoPtr(removed_.back()));
    topology_.refresh(index_, cluster_);
  }

 private:
  const PodInfo& pod_;
  Cluster cluster_;
  Topology topology_;
  VolumeCheck volumes_;
  uint32_t index_ = 0;
  std::vector<InfoPtr> removed_;
};

// Those whose eviction a budget would refuse, taken one after another, go to the front.
size_t violating_first(std::vector<PodOn>& pods, const std::vector<BudgetPtr>& budgets) {
  if (budgets.empty()) return 0;
  std::vector<int32_t> left;
  for (const BudgetPtr& budget : budgets) left.push_back(budget->status.disruptionsAllowed);
  auto violates = [&](PodOn pod) {
    const auto& meta = (*pod)->pod->metadata;
    bool out = false;
    for (size_t i = 0; i < budgets.size(); ++i) {
      const auto& budget = *budgets[i];
      if (meta.labels.empty() || budget.metadata.namespace_ != meta.namespace_ || !client::matches(budget.spec.selector, meta.labels)) continue;
      if (budget.status.disruptedPods.find(meta.name)) continue;  // counted already
      out |= --left[i] < 0;
    }
    return out;
  };
  return static_cast<size_t>(std::stable_partition(pods.begin(), pods.end(), violates) - pods.begin());
}

// Few verdicts differ.
struct Counted {
  std::vector<std::pair<Verdict, int32_t>> verdicts;
  void add(const Verdict& verdict) {
    for (auto& [known, count] : verdicts)
      if (known.why == verdict.why && known.resource == verdict.resource) return static_cast<void>(++count);
    verdicts.push_back({verdict, 1});
  }
};

void sum_up(Candidate& c) {
  if (c.victims.empty()) return;
  const PodInfo& first = **c.victims.front();
  c.highest = first.priority;
  c.earliest = first.started;
  for (PodOn v : c.victims) {
    c.sum += static_cast<int64_t>((*v)->priority) + std::numeric_limits<int32_t>::max() + 1;  // each counts, whatever its sign
    if ((*v)->priority == first.priority) c.earliest = std::min(c.earliest, (*v)->started);
  }
}

// All of lower priority leave; then the important ones stay if the pod still fits beside them.
std::optional<Candidate> victims_on(Trial& trial, const PodInfo& pod, const NodeInfo& node, uint32_t index,
                                    const std::vector<BudgetPtr>& budgets, Verdict& refused) {
  std::vector<PodOn> lower;
  lower.reserve(node.pods.size());
  for (const auto& [key, other] : node.pods)
    if (other->priority < pod.priority) lower.push_back(&other);
  trial.begin(index);
  for (PodOn p : lower) trial.remove(*p);
  Verdict verdict = trial.verdict();
  if (!verdict.fits()) {
    refused = std::move(verdict);
    trial.end();
    return {};
  }
  sort_by_importance(lower);
  size_t violating = violating_first(lower, budgets);
  Candidate out;
  out.index = index;
  for (size_t i = 0; i < lower.size(); ++i) {
    trial.add(*lower[i]);
    if (trial.verdict().fits()) continue;
    trial.remove(*lower[i]);
    out.victims.push_back(lower[i]);
    out.violated += i < violating;
  }
  trial.end();
  sort_by_importance(out.victims);
  sum_up(out);
  return out;
}

// Fewest broken budgets, then the least important victims, then the fewest, then those that started last.
bool better(const Candidate& a, const Candidate& b) {
  if (a.violated != b.violated) return a.violated < b.violated;
  if (a.victims.empty() != b.victims.empty()) return a.victims.empty();
  if (a.victims.empty()) return false;
  if (a.highest != b.highest) return a.highest < b.highest;
  if (a.sum != b.sum) return a.sum < b.sum;
  if (a.victims.size() != b.victims.size()) return a.victims.size() < b.victims.size();
  return a.earliest > b.earliest;
}

}  // namespace

// What a memo keeps points into NodeInfo::pods: as the cluster's nodes grow they must move, not be copied.
static_assert(std::is_nothrow_move_constructible_v<NodeInfo>);

void VictimMemo::prepare(const PodInfo& pod, const Cluster& cluster) {
  const auto& spec = pod.pod->spec;
  Like like{pod.priority, pod.requests, pod.ports, spec.nodeName, spec.nodeSelector, spec.affinity, spec.tolerations};
  if (read_ < cluster.log_start() || !(like == like_)) nodes_.clear();
  nodes_.resize(cluster.nodes().size());
  for (uint64_t at = std::max(read_, cluster.log_start()); at < cluster.log_end(); ++at) nodes_[cluster.logged(at)] = {};
  like_ = std::move(like);
  read_ = cluster.log_end();
}

Preemption find_victims(const PodInfo& pod, const Cluster& cluster, const Refusals& refused, const std::vector<BudgetPtr>& budgets, uint32_t first,
                        VictimMemo* memo) {
  Preemption out;
  if (!cluster.any_below(pod.priority)) {  // the usual case, told without a look at the nodes
    if (refused.unresolvable > 0) out.refusals[kNotHelpful] = refused.unresolvable;
    if (refused.resolvable > 0) out.refusals[kNoVictims] = refused.resolvable;
    return out;
  }
  const auto& nodes = cluster.nodes();
  const uint32_t n = static_cast<uint32_t>(nodes.size());
  const uint32_t enough = std::max(kCandidatesMin, cluster.node_count() / 10);
  std::unique_ptr<Trial> trial;
  std::optional<Topology> topology;
  if (Chooser::topological(pod, cluster)) {
    topology.emplace(pod, cluster);
    topology->prepare();
    trial = std::make_unique<TopologyTrial>(pod, cluster);
  } else {
    trial = std::make_unique<PlainTrial>(pod, cluster);
  }
  const VolumeCheck volumes(pod, cluster);
  if (topology || volumes.any() || !budgets.empty()) memo = nullptr;
  if (memo) memo->prepare(pod, cluster);
  auto verdict_on = [&](uint32_t index) {
    Verdict verdict = volumes.everywhere().fits() ? filter_node(pod, nodes[index]) : volumes.everywhere();
    if (verdict.fits()) verdict = volumes.filter(nodes[index]);
    if (verdict.fits() && topology) verdict = topology->filter(index, nodes[index]);
    return verdict;
  };
  std::optional<Candidate> best;
  uint32_t found = 0;
  int32_t beyond_help = 0;
  // Worded and judged only if nothing is found: why not matters then.
  Counted without_help;
  std::vector<uint32_t> without_victims;
  for (uint32_t i = 0; i < n && found < enough; ++i) {
    const uint32_t index = (first + i) % n;
    const NodeInfo& node = nodes[index];
    if (!node.node) continue;
    if (!node.any_below(pod.priority)) {
      without_victims.push_back(index);
      continue;
    }
    VictimMemo::Finding fresh;
    VictimMemo::Finding& finding = memo ? memo->of(index) : fresh;
    if (!finding.known) {
      finding.known = true;
      finding.unresolvable = verdict_on(index).unresolvable();
      if (!finding.unresolvable) finding.candidate = victims_on(*trial, pod, node, index, budgets, finding.refused);
    }
    if (finding.candidate) {
      ++found;
      if (!best || better(*finding.candidate, *best)) best = finding.candidate;
    } else if (finding.unresolvable) {
      ++beyond_help;
    } else {
      without_help.add(finding.refused);
    }
  }
  if (!best) {
    for (const auto& [verdict, count] : without_help.verdicts)
      for (const Str& reason : reasons_of(verdict)) out.refusals[reason] += count;
    for (uint32_t index : without_victims) {
      if (verdict_on(index).unresolvable())
        ++beyond_help;
      else
        ++out.refusals[kNoVictims];
    }
    if (beyond_help > 0) out.refusals[kNotHelpful] = beyond_help;
    return out;
  }
  out.node = nodes[best->index].name;
  for (PodOn victim : best->victims) out.victims.push_back(*victim);
  out.budgets_violated = best->violated;
  out.refusals.clear();
  return out;
}

Str not_eligible(const PodInfo& pod, const Cluster& cluster, const Str& nominated) {
  if (pod.pod->spec.preemptionPolicy && *pod.pod->spec.preemptionPolicy == "Never") return "not eligible due to preemptionPolicy=Never.";
  int at = nominated.empty() ? -1 : cluster.find(nominated);
  if (at < 0) return {};
  for (const auto& [key, other] : cluster.nodes()[static_cast<size_t>(at)].pods)
    if (other->pod->metadata.deletionTimestamp.is_set() && other->priority < pod.priority)
      return "not eligible due to a terminating pod on the nominated node.";
  return {};
}

}  // namespace orrery::scheduler
