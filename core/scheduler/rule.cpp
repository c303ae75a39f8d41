#include "core/scheduler/rule.h"

namespace orrery::scheduler {
namespace {

struct Reason {
  uint32_t why;
  std::string_view plugin;
  bool unresolvable;
  std::string_view text;
};

constexpr Reason kReasons[] = {
    {kNodeUnschedulable, "NodeUnschedulable", true, "node(s) were unschedulable"},
    {kNodeName, "NodeName", true, "node(s) didn't match the requested node name"},
    {kTaint, "TaintToleration", true, "node(s) had untolerated taint(s)"},
    {kAffinity, "NodeAffinity", true, "node(s) didn't match Pod's node affinity/selector"},
    {kPorts, "NodePorts", false, "node(s) didn't have free ports for the requested pod ports"},
    {kTooManyPods, "NodeResourcesFit", false, "Too many pods"},
    {kCpu, "NodeResourcesFit", false, "Insufficient cpu"},
    {kMemory, "NodeResourcesFit", false, "Insufficient memory"},
    {kEphemeral, "NodeResourcesFit", false, "Insufficient ephemeral-storage"},
    {kOther, "NodeResourcesFit", false, "Insufficient "},
    {kOncePod, "VolumeRestrictions", false,
     "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"},
    {kClaims, "VolumeBinding", true, ""},
    {kVolumeAffinity, "VolumeBinding", true, "node(s) didn't match PersistentVolume's node affinity"},
    {kNoVolume, "VolumeBinding", true, "node(s) didn't find available persistent volumes to bind"},
    {kVolumeMissing, "VolumeZone", true, ""},
    {kVolumeZone, "VolumeZone", true, "node(s) had no available volume zone"},
    {kSpread, "PodTopologySpread", false, "node(s) didn't match pod topology spread constraints"},
    {kSpreadLabel, "PodTopologySpread", true,
     "node(s) didn't match pod topology spread constraints (missing required label)"},
    {kPodAffinity, "InterPodAffinity", true, "node(s) didn't match pod affinity rules"},
    {kPodAntiAffinity, "InterPodAffinity", false, "node(s) didn't match pod anti-affinity rules"},
    {kExistingAntiAffinity, "InterPodAffinity", false, "node(s) didn't satisfy existing pods anti-affinity rules"},
};

constexpr FilterRule kFilters[] = {
    {"NodeUnschedulable", filter_node_unschedulable}, {"NodeName", filter_node_name},
    {"TaintToleration", filter_taints},               {"NodeAffinity", filter_node_affinity},
    {"NodePorts", filter_ports},                      {"NodeResourcesFit", filter_resources},
};

constexpr ScoreRule kScores[] = {
    {"TaintToleration", 3, Normalize::Reverse, score_taints},
    {"NodeAffinity", 2, Normalize::ToHundred, score_node_affinity},
    {"NodeResourcesFit", 1, Normalize::None, score_least_allocated},
    {"NodeResourcesBalancedAllocation", 1, Normalize::None, score_balanced_allocation},
    {"ImageLocality", 1, Normalize::None, score_image_locality},
};

}  // namespace

bool Verdict::unresolvable() const {
  if (why & kNeverFits) return true;
  for (const Reason& reason : kReasons)
    if ((why & reason.why) && reason.unresolvable) return true;
  return false;
}

std::vector<Str> reasons_of(const Verdict& verdict) {
  std::vector<Str> out;
  constexpr uint32_t kNamed = kOther | kClaims | kVolumeMissing;
  for (const Reason& reason : kReasons)
    if (verdict.why & reason.why) out.push_back(reason.why & kNamed ? Str(cat(reason.text, verdict.resource)) : Str(reason.text));
  return out;
}

std::string_view plugin_of(uint32_t why) {
  for (const Reason& reason : kReasons)
    if (why & reason.why) return reason.plugin;
  return {};
}

FilterRules node_filters() { return {std::begin(kFilters), std::end(kFilters)}; }
ScoreRules node_scores() { return {std::begin(kScores), std::end(kScores)}; }

Verdict filter_node(const PodInfo& pod, const NodeInfo& node) {
  for (const FilterRule& rule : kFilters) {
    Verdict verdict = rule.run(pod, node);
    if (!verdict.fits()) return verdict;
  }
  return {};
}

int64_t normalized(Normalize how, int64_t raw, int64_t max) {
  switch (how) {
    case Normalize::None: return raw;
    case Normalize::ToHundred: return max == 0 ? raw : raw * kScoreMax / max;
    case Normalize::Reverse: return max == 0 ? kScoreMax : kScoreMax - raw * kScoreMax / max;
  }
  return raw;
}

}  // namespace orrery::scheduler
