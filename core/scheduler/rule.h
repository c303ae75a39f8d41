// Rules: one pure function a file, each saying whether a pod fits a node (filters/) or how well (scores/).
// Names, texts and weights are those of kube-scheduler's default profile.
#pragma once

#include <string_view>
#include <vector>

#include "core/scheduler/cluster.h"

namespace orrery::scheduler {

// Why a node was refused. One bit each in a Verdict.
enum Why : uint32_t {
  kNodeName = 1u << 0,
  kNodeUnschedulable = 1u << 1,
  kTaint = 1u << 2,
  kAffinity = 1u << 3,
  kPorts = 1u << 4,
  kTooManyPods = 1u << 5,
  kCpu = 1u << 6,
  kMemory = 1u << 7,
  kEphemeral = 1u << 8,
  kOther = 1u << 9,            // an extended resource: Verdict::resource
  kSpread = 1u << 10,
  kSpreadLabel = 1u << 11,
  kPodAffinity = 1u << 12,
  kPodAntiAffinity = 1u << 13,
  kExistingAntiAffinity = 1u << 14,
  kOncePod = 1u << 15,
  kClaims = 1u << 16,          // of the pod, whatever the node: Verdict::resource is the text
  kNoVolume = 1u << 17,
  kVolumeAffinity = 1u << 18,
  kVolumeMissing = 1u << 19,   // as kClaims
  kVolumeZone = 1u << 20,
  kNeverFits = 1u << 31,       // besides: the node is too small even when empty
};

struct Verdict {
  uint32_t why = 0;
  Str resource;
  bool fits() const { return why == 0; }
  // Removing pods from the node would not help.
  bool unresolvable() const;
};
// "Insufficient cpu", "node(s) had untolerated taint(s)": each reason of a verdict.
std::vector<Str> reasons_of(const Verdict& verdict);
// The plugin that refused: "NodeResourcesFit".
std::string_view plugin_of(uint32_t why);

struct FilterRule {
  std::string_view name;
  Verdict (*run)(const PodInfo& pod, const NodeInfo& node);
};
// Rules that look at one node alone, in kube-scheduler's order; the first that refuses ends it.
struct FilterRules {
  const FilterRule* begin_;
  const FilterRule* end_;
  const FilterRule* begin() const { return begin_; }
  const FilterRule* end() const { return end_; }
};
FilterRules node_filters();
Verdict filter_node(const PodInfo& pod, const NodeInfo& node);

enum class Normalize : uint8_t { None, ToHundred, Reverse };
struct ScoreRule {
  std::string_view name;
  int32_t weight;
  Normalize normalize;
  int64_t (*run)(const PodInfo& pod, const NodeInfo& node, const Cluster& cluster);
};
struct ScoreRules {
  const ScoreRule* begin_;
  const ScoreRule* end_;
  const ScoreRule* begin() const { return begin_; }
  const ScoreRule* end() const { return end_; }
};
ScoreRules node_scores();
constexpr int64_t kScoreMax = 100;
// What normalisation makes of a raw score when the greatest is `max`.
int64_t normalized(Normalize how, int64_t raw, int64_t max);

// filters/
Verdict filter_node_unschedulable(const PodInfo& pod, const NodeInfo& node);
Verdict filter_node_name(const PodInfo& pod, const NodeInfo& node);
Verdict filter_taints(const PodInfo& pod, const NodeInfo& node);
Verdict filter_node_affinity(const PodInfo& pod, const NodeInfo& node);
Verdict filter_ports(const PodInfo& pod, const NodeInfo& node);
Verdict filter_resources(const PodInfo& pod, const NodeInfo& node);
// scores/
int64_t score_taints(const PodInfo& pod, const NodeInfo& node, const Cluster& cluster);
int64_t score_node_affinity(const PodInfo& pod, const NodeInfo& node, const Cluster& cluster);
int64_t score_least_allocated(const PodInfo& pod, const NodeInfo& node, const Cluster& cluster);
int64_t score_balanced_allocation(const PodInfo& pod, const NodeInfo& node, const Cluster& cluster);
int64_t score_image_locality(const PodInfo& pod, const NodeInfo& node, const Cluster& cluster);

}  // namespace orrery::scheduler
