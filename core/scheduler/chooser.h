// Chooser: finds the node for a pod. Pods that are alike form a class; what the rules said of a class and a node is kept
// until the node changes. So a decision costs the nodes that changed since the class's last one, and picking the best of
// all nodes costs their number divided by 64. The choice is that of a full pass over all nodes and rules (a test).
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/base/rng.h"
#include "core/scheduler/topology.h"
#include "core/scheduler/volume_check.h"

namespace orrery::scheduler {

// Refused nodes by what refused them.
struct Refusals {
  std::map<Str, int32_t> by_reason;  // "Insufficient cpu" -> 2
  Str everywhere;                    // what is wrong with the pod itself: no node was looked at
  uint32_t why = 0;                  // all bits that occurred
  int32_t unresolvable = 0;          // nodes where removing pods would not help
  int32_t resolvable = 0;
  void add(const Verdict& verdict, int32_t nodes);
  void refuse_everywhere(const Verdict& verdict, int32_t nodes);
};

struct Choice {
  int node = -1;          // -1: none fits
  int32_t fitting = 0;
  int64_t score = 0;
  int32_t tied = 0;       // nodes with that score, of which one was drawn
  Refusals refusals;      // filled when nothing fits
};

// What every rule says of one node, for explain().
struct NodeReport {
  Str node;
  Verdict verdict;
  struct Score {
    std::string_view rule;
    int64_t raw = 0, normalized = 0;
    int32_t weight = 1;
  };
  std::vector<Score> scores;  // of nodes that fit
  int64_t total = 0;
};

class Chooser {
 public:
  explicit Chooser(const Cluster& cluster) : cluster_(&cluster) {}
  // Draws among the best nodes, once when there are several.
  Choice choose(const PodInfo& pod, Rng& rng);
  // Every rule on every node, computed afresh.
  std::vector<NodeReport> explain(const PodInfo& pod) const;
  // It matters to the pod where other pods are.
  static bool topological(const PodInfo& pod, const Cluster& cluster);
  // Drops what is kept; choices stay the same.
  void forget() { classes_.clear(); }

  static constexpr size_t kClassesMax = 64;

 private:
  struct ClassKey {
    Resources requests;
    int64_t score_cpu_m = 0, score_memory = 0;
    bool best_effort = true;
    std::vector<HostPort> ports;
    std::vector<Str> images;
    Str node_name;
    Map<Str> node_selector;
    Box<api::core_v1::Affinity> affinity;
    List<api::core_v1::Toleration> tolerations;
    List<api::core_v1::TopologySpreadConstraint> spread;
    bool topological = false;
    Str ns;            // both only when topological
    Map<Str> labels;
    friend bool operator==(const ClassKey&, const ClassKey&) = default;
  };
  struct Kept {
    Verdict verdict;
    bool there = false;
    int32_t total = 0;          // weighted sum of the scores that need no normalisation
    int32_t raw_taints = 0;
    int32_t raw_affinity = 0;
  };
  struct Class {
    ClassKey key;
    uint64_t epoch = 0;
    std::vector<int64_t> spread;  // of its images over nodes, which scores depend on: nodes, then each image's count
    uint64_t read = 0;          // position in the cluster's log
    uint64_t used = 0;
    std::vector<Kept> nodes;
    std::map<int32_t, NodeSet> by_total;  // fitting nodes
    NodeSet fits;
    int32_t fitting = 0;
    int32_t with_raw = 0;       // fitting nodes whose raw scores aren't all 0
    std::unique_ptr<Topology> topology;
  };
  static std::vector<int64_t> image_spread(const PodInfo& pod, const Cluster& cluster);
  // What the pod's like is by the default spread; absent: it has constraints of its own, or belongs to nothing.
  static Box<api::meta_v1::LabelSelector> default_group(const PodInfo& pod, const Cluster& cluster);
  static ClassKey key_of(const PodInfo& pod, const Cluster& cluster);
  Class& class_of(const PodInfo& pod);
  void refresh(Class& c, const PodInfo& pod);
  void refresh_node(Class& c, const PodInfo& pod, uint32_t index);
  void count(Class& c, uint32_t index, int sign);
  Choice pick_by_total(Class& c, Rng& rng) const;
  // By the default spread too, judging nodes of one zone with as many pods of the group at once.
  Choice pick_by_spread(Class& c, DefaultSpread& spread, Rng& rng) const;
  // `volumes` is null for a pod without claims, `spread` for one that the defaults don't concern.
  Choice pick_by_scan(Class& c, const VolumeCheck* volumes, DefaultSpread* spread, Rng& rng) const;
  void tell_refusals(Class& c, const VolumeCheck* volumes, Choice& choice) const;

  const Cluster* cluster_;
  std::vector<std::unique_ptr<Class>> classes_;
  uint64_t uses_ = 0;
};

}  // namespace orrery::scheduler
