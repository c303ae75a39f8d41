// Cluster: the scheduler's view of nodes and of the pods on them, kept up to date one change at a time.
#pragma once

#include <map>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/client/key.h"
#include "core/scheduler/default_spread.h"
#include "core/scheduler/storage.h"

namespace orrery::scheduler {

using NodePtr = std::shared_ptr<const api::core_v1::Node>;
using client::Key;

struct NodeInfo {
  NodePtr node;                     // null: pods are known to be on it, but not the node itself
  Str name;
  Resources allocatable;
  int64_t pods_max = 0;
  int64_t pod_count = 0;            // pods.size()
  Resources requested;
  int64_t score_cpu_m = 0;          // requested as scores see it
  int64_t score_memory = 0;
  std::map<Key, std::shared_ptr<const PodInfo>> pods;
  std::vector<std::pair<int32_t, int32_t>> priorities;  // of its pods, with how many have it; mostly one or two
  bool any_below(int32_t priority) const {
    for (const auto& [has, count] : priorities)
      if (has < priority) return true;
    return false;
  }
  void count_priority(int32_t priority, int sign);
  std::vector<HostPort> ports;
  bool prefers_no_schedule = false; // some taint has the effect PreferNoSchedule
  int32_t zone = -1;                // number of its zone; 0: it has no such label, -1: the node is not known
};

class Cluster {
 public:
  // A moment in the life of the view; go_back() leads to it as long as that was not too many changes ago.
  struct Moment {
    uint64_t own = 0, storage = 0, groups = 0;
  };
  Moment moment() const { return {undo_.end(), storage_.position(), groups_.position()}; }
  bool reaches(const Moment& moment) const;
  void forget_before(const Moment& moment);
  void go_back(const Moment& moment);

  // Nodes in the order they were first seen; a removed node leaves a gap (node == null) that its successor may fill.
  const std::vector<NodeInfo>& nodes() const { return nodes_; }
  uint32_t node_count() const { return node_count_; }
  // Index of a node, or -1.
  int find(const Str& name) const;

  void set_node(NodePtr node);
  void remove_node(const Str& name);
  // The pod counts for node `name` from now on (bound, or assumed to be).
  void add_pod(std::shared_ptr<const PodInfo> pod, const Str& name);
  // The node it counted for, or -1.
  int remove_pod(const Key& key);
  // The same for a moment only, between two changes: not a change.
  void reserve(std::shared_ptr<const PodInfo> pod, const Str& name) { place(std::move(pod), name); }
  void release(const Key& key) { take_away(key); }
  const Str* node_of(const Key& key) const;

  // Nodes that have an image, and its size.
  struct Image {
    int64_t size = 0;
    int32_t nodes = 0;
  };
  const Image* image(const Str& name) const;
  bool any_prefers_no_schedule() const { return prefer_no_schedule_nodes_ > 0; }
  // Some pod on a node has a lower priority.
  bool any_below(int32_t priority) const { return !priorities_.empty() && priorities_.begin()->first < priority; }
  // Pods on nodes whose required anti-affinity may refuse others; usually none.
  const std::map<Key, int>& guarded() const { return guarded_; }

  // 1 when some pod on a node uses the claim.
  int claim_in_use(const Key& claim) const { return claim_users_.count(claim) ? 1 : 0; }
  const Storage& storage() const { return storage_; }
  Storage& storage() { return storage_; }

  const Groups& groups() const { return groups_; }
  Groups& groups() { return groups_; }
  // Nodes by the number of their zone; [0] have none.
  const std::vector<NodeSet>& zones() const { return zones_; }
  // Valid until the next call or change.
  const SpreadCounts::Group& alike(const Str& ns, const api::meta_v1::LabelSelector& selector) const {
    return spread_counts_.group(ns, selector, *this);
  }

  void set_namespace(const Str& name, Map<Str> labels);
  void remove_namespace(const Str& name);
  const Map<Str>* namespace_labels(const Str& name) const;

  // Every change of a node, in order: log()[i] is the index of the node that changed. Consumers remember how far they
  // have read; after log_start() moved beyond that they look at all nodes anew.
  uint64_t log_start() const { return log_start_; }
  uint64_t log_end() const { return log_start_ + log_.size(); }
  uint32_t logged(uint64_t position) const { return log_[position - log_start_]; }
  // Whether a pod on some node may have this label; false is certain.
  bool any_labelled(const Str& ns, const Str& name, const Str& value) const;

  // Counts changes that concern all nodes at once (a namespace's labels).
  uint64_t epoch() const { return epoch_; }

 private:
  struct PodGone {
    Key key;
  };
  struct PodBack {
    std::shared_ptr<const PodInfo> pod;
    Str node;
  };
  struct NodeBefore {
    Str name;
    NodePtr node;  // null: there was none
  };
  struct NamespaceBefore {
    Str name;
    Map<Str> labels;
    bool there = false;
  };
  NodeInfo& slot(const Str& name);
  void place(std::shared_ptr<const PodInfo> pod, const Str& name);
  // Where it was: -1, or the node's index.
  int take_away(const Key& key);
  void changed(uint32_t index);
  void set_zone(uint32_t index, const Str* zone, bool known);
  void count_claims(const PodInfo& pod, int sign);
  void count_labels(const api::core_v1::Pod& pod, int sign);
  void count_images(const api::core_v1::Node& node, int sign);

  std::vector<NodeInfo> nodes_;
  std::map<Str, uint32_t> index_;
  std::map<Key, uint32_t> pod_node_;
  std::map<Str, Image> images_;
  std::map<Key, int> guarded_;
  std::map<Key, int> claim_users_;     // pods on nodes, by claim
  Storage storage_;
  std::unordered_map<uint64_t, int32_t> labelled_;  // pods on nodes by a hash of namespace and label
  std::map<int32_t, int> priorities_;  // of the pods on nodes, with how many have it
  std::map<Str, Map<Str>> namespaces_;
  Groups groups_;
  std::map<Str, int32_t> zone_numbers_;
  std::vector<NodeSet> zones_{1};
  mutable SpreadCounts spread_counts_;  // a cache
  uint32_t node_count_ = 0;
  int prefer_no_schedule_nodes_ = 0;
  std::vector<uint32_t> log_;
  uint64_t log_start_ = 0;
  uint64_t epoch_ = 0;
  UndoLog<std::variant<PodGone, PodBack, NodeBefore, NamespaceBefore>> undo_;
};

}  // namespace orrery::scheduler
