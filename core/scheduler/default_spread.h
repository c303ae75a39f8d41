// PodTopologySpread's system defaults (defaultingType System): a pod that says nothing of its own about spreading, and
// belongs to a Service, ReplicaSet, StatefulSet or ReplicationController, is better off where fewer of its like are:
// topologySpreadConstraints with hostname, maxSkew 3, and zone, maxSkew 5, both ScheduleAnyway
// (kubernetes/kubernetes pkg/scheduler/framework/plugins/podtopologyspread: plugin.go, common.go;
// plugins/helper/spread.go). As nearly every pod of a cluster is such a one, the counts are kept pod by pod, and nodes
// alike are judged at once.
#pragma once

#include <map>
#include <memory>
#include <tuple>
#include <variant>
#include <vector>

#include "core/client/key.h"
#include "core/scheduler/node_set.h"
#include "core/scheduler/pod_info.h"
#include "core/scheduler/undo_log.h"

namespace orrery::scheduler {

using client::Key;
class Cluster;

constexpr std::string_view kZoneKey = "topology.kubernetes.io/zone";
constexpr int32_t kDefaultHostSkew = 3, kDefaultZoneSkew = 5;

// 1000 * ln(size + 2): what a pod weighs in a topology of so many domains. Integers: the same on every machine.
int64_t topology_weight(uint64_t size);

// What pods belong to.
class Groups {
 public:
  enum class Owner : uint8_t { ReplicationController, ReplicaSet, StatefulSet };
  // An empty selector: the Service is gone, or chooses no pods.
  void set_service(const Key& key, const Map<Str>& selector);
  // Absent: the owner is gone.
  void set_owner(Owner kind, const Key& key, Box<api::meta_v1::LabelSelector> selector);
  // Of all Services that choose the pod and of its controller together; absent: it belongs to nothing.
  Box<api::meta_v1::LabelSelector> selector_of(const api::core_v1::Pod& pod) const;

  // See Cluster::moment().
  uint64_t position() const { return undo_.end(); }
  bool reaches(uint64_t position) const { return undo_.reaches(position); }
  void forget_before(uint64_t position) { undo_.forget_before(position); }
  void go_back(uint64_t position);

 private:
  // As they were; empty and absent: there was none.
  struct ServiceBefore {
    Key key;
    Map<Str> selector;
  };
  struct OwnerBefore {
    Owner kind = Owner::ReplicaSet;
    Key key;
    Box<api::meta_v1::LabelSelector> selector;
  };
  using Label = std::tuple<Str, Str, Str>;  // namespace, key, value: a Service is found by its selector's first
  std::map<Key, Map<Str>> services_;
  std::map<Label, std::vector<Key>> by_label_;
  std::map<std::pair<Owner, Key>, Box<api::meta_v1::LabelSelector>> owners_;
  UndoLog<std::variant<ServiceBefore, OwnerBefore>> undo_;
};

// Where the pods are that a selector matches. A cache: a copy of it starts empty.
class SpreadCounts {
 public:
  SpreadCounts() = default;
  SpreadCounts(const SpreadCounts&) {}
  SpreadCounts& operator=(const SpreadCounts&) {
    drop();
    return *this;
  }

  struct Group {
    Str ns;
    api::meta_v1::LabelSelector selector;
    std::map<uint32_t, int32_t> on_node;  // none is 0
    std::map<int32_t, NodeSet> by_count;  // the same the other way round
    NodeSet anywhere;                     // nodes with one or more
    std::vector<int64_t> in_zone;         // by zone number
    uint64_t used = 0;
    int32_t on(uint32_t node) const;
  };
  // Counted now if it is not kept. Valid until the next call.
  const Group& group(const Str& ns, const api::meta_v1::LabelSelector& selector, const Cluster& cluster);
  // The pod counts on the node (sign 1), or no longer (-1). Zone -1: the node itself is not known.
  void count(const api::core_v1::Pod& pod, uint32_t node, int32_t zone, int sign);
  void zone_changed(uint32_t node, int32_t before, int32_t after);
  void drop();

  static constexpr size_t kGroupsMax = 1024;

 private:
  using Label = std::tuple<Str, Str, Str>;
  static Label label_of(const Group& group);
  void drop_oldest();
  void count_in(const std::vector<Group*>& groups, const api::core_v1::Pod& pod, uint32_t node, int32_t zone, int sign);

  std::vector<std::unique_ptr<Group>> groups_;
  std::map<Label, std::vector<Group*>> by_label_;
  uint64_t uses_ = 0;
};

// The raw scores of one decision.
class DefaultSpread {
 public:
  // The pod's own node selector and affinity bound which nodes' pods count for their zone (nodeAffinityPolicy Honor).
  DefaultSpread(const PodInfo& pod, const SpreadCounts::Group& group, const Cluster& cluster);
  // How many nodes fit, and how many different zones (having none is one more) they are in. Before raw().
  void weigh(int32_t nodes, int32_t zones);
  int64_t raw(int32_t pods_on_node, int32_t zone) const;
  const SpreadCounts::Group& group() const { return *group_; }

 private:
  const SpreadCounts::Group* group_;
  std::vector<int64_t> in_zone_;
  int64_t host_weight_ = 0, zone_weight_ = 0;
};

}  // namespace orrery::scheduler
