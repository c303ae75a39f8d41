// Rules about where other pods are: PodTopologySpread and InterPodAffinity. Both count matching pods a topology domain
// (the nodes that share a label's value). The counts are kept up to date node by node, so that a decision costs the
// nodes that changed since the last one, not all pods.
#pragma once

#include "core/scheduler/rule.h"

namespace orrery::scheduler {

// One count: the pods that match, a domain of `key`.
struct Term {
  enum class Use : uint8_t { SpreadHard, SpreadSoft, Affinity, AntiAffinity, Preferred };
  Use use = Use::SpreadHard;
  Str key;                                        // topologyKey
  Box<api::meta_v1::LabelSelector> selector;      // absent: matches nothing
  bool all_namespaces = false;
  std::vector<Str> namespaces;
  Box<api::meta_v1::LabelSelector> namespace_selector;
  int32_t max_skew = 1, min_domains = 0;          // spread
  bool honor_affinity = true, honor_taints = false;
  bool matches_self = false;
  int64_t weight = 0;                             // preferred: negative for anti-affinity
  bool matches(const api::core_v1::Pod& pod, const Cluster& cluster) const;
};
std::vector<Term> terms_of(const api::core_v1::Pod& pod, const Cluster& cluster);

class Topology {
 public:
  // The rules of one class of pods (same namespace, labels and constraints).
  Topology(const PodInfo& pod, const Cluster& cluster);
  // Nothing that other pods could change: no terms, and no pod's anti-affinity refuses this one.
  bool trivial() const { return terms_.empty() && blocked_ == 0; }
  bool scores() const { return scored_; }

  // Counts node `index` anew.
  void refresh(uint32_t index, const Cluster& cluster);
  // Call once before filter() and score(), when all changed nodes were refreshed.
  void prepare();
  Verdict filter(uint32_t index, const NodeInfo& node) const;
  // Call before score(), with the nodes that fit.
  void weigh(const std::vector<uint32_t>& fitting);
  // PodTopologySpread's and InterPodAffinity's raw scores.
  struct Raw {
    int64_t spread = 0;
    bool spread_ignored = false;  // the node lacks a key
    int64_t affinity = 0;
  };
  Raw score(uint32_t index, const NodeInfo& node) const;

 private:
  // One topology key: its values are numbered, so that a look at a node costs no comparison of texts.
  struct Key {
    Str name;
    std::vector<int32_t> of_node;     // the number of the node's value, -1: it lacks the label
    std::map<Str, int32_t> numbers;
    std::vector<int32_t> blocks;      // by number: required anti-affinities of pods that are there against this pod
    int32_t blocked = 0;              // their sum
  };
  struct Counted {
    size_t key = 0;
    struct PerNode {
      int32_t count = 0;
      bool counted = false;           // has the label and is eligible
    };
    std::vector<PerNode> nodes;
    struct Domain {
      int64_t pods = 0;
      int32_t nodes = 0;              // 0: no domain at present
    };
    std::vector<Domain> domains;      // by the value's number
    int32_t live = 0;
    int64_t least = 0;                // over domains; of hard spread only
    int64_t total = 0;
    int64_t log_weight = 0;
  };
  struct Block {
    size_t key = 0;
    int32_t value = 0;
  };
  // The node has the keys of all terms of that use.
  bool has_keys(Term::Use use, uint32_t index) const;
  size_t key_of(const Str& name, const Cluster& cluster);
  void place(Key& key, uint32_t index, const NodeInfo& node);
  void count(size_t term, uint32_t index, const NodeInfo& node, const Cluster& cluster);
  void block(uint32_t index, const NodeInfo& node, const Cluster& cluster);
  const Counted::Domain& domain(const Counted& counted, uint32_t index) const {
    return counted.domains[static_cast<size_t>(keys_[counted.key].of_node[index])];
  }

  PodInfo pod_;
  std::vector<Term> terms_;
  std::vector<Key> keys_;
  std::vector<Counted> counted_;             // beside terms_
  std::vector<std::vector<Block>> blocks_of_node_;
  int32_t blocked_ = 0;                      // over all keys
  bool scored_ = false;
  bool any_hard_ = false;
};

}  // namespace orrery::scheduler
