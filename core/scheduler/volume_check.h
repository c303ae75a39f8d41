// VolumeCheck: what a pod's claims demand of a node. VolumeRestrictions, VolumeBinding and VolumeZone of kube-scheduler
// (pkg/scheduler/framework/plugins/{volumerestrictions,volumebinding,volumezone}), in this order.
// Made anew for each decision; of a pod without claims it costs nothing.
// Left out: volumes that name a disk of a cloud in the pod itself ("node(s) had no available disk"), limits of CSI
// drivers and their capacity.
#pragma once

#include "core/scheduler/rule.h"

namespace orrery::scheduler {

// What becomes of a pod's unbound claims when it goes to a node.
struct VolumePlan {
  struct Binding {
    VolumePtr volume;
    ClaimPtr claim;
  };
  std::vector<Binding> bindings;     // to volumes that exist
  std::vector<ClaimPtr> provisions;  // volumes to be made there
  bool empty() const { return bindings.empty() && provisions.empty(); }
};

class VolumeCheck {
 public:
  VolumeCheck(const PodInfo& pod, const Cluster& cluster);
  // The pod has claims, so filter() has something to say.
  bool any() const { return any_; }
  // Refused whatever the node: kube-scheduler's PreFilter.
  const Verdict& everywhere() const { return everywhere_; }
  Verdict filter(const NodeInfo& node) const;
  // REQUIRES: filter() says that the node fits.
  VolumePlan plan(const NodeInfo& node) const;

  // Trials of preemption: another pod leaves (-1) or comes (+1).
  void count(const PodInfo& other, int sign);
  void reset() { in_use_ = in_use_at_first_; }

 private:
  struct Unbound {
    ClaimPtr claim;
    Str selected;                       // node that was chosen already, "": none
    std::vector<VolumePtr> candidates;  // smallest first
    StorageClassPtr storage_class;      // null unless it makes volumes
  };
  struct Zone {
    Str key;
    std::vector<Str> values;
  };
  Str why_nowhere(const PodInfo& pod, const ClaimPtr& claim, const client::UsedClaim& used) const;
  void read_claims(const PodInfo& pod, const Cluster& cluster);
  void read_bound(const ClaimPtr& claim, const Storage& storage);
  void read_unbound(const ClaimPtr& claim, StorageClassPtr storage_class, const Storage& storage);
  bool match(const NodeInfo& node, VolumePlan* plan) const;
  bool in_zone(const api::core_v1::Node& node) const;

  bool any_ = false;
  Verdict everywhere_;
  Str ns_;
  std::vector<Str> once_pod_;  // claims of access mode ReadWriteOncePod
  int in_use_ = 0;             // of those, by pods on nodes
  int in_use_at_first_ = 0;
  std::vector<VolumePtr> bound_;
  std::vector<Unbound> unbound_;
  std::vector<Zone> zones_;
};

}  // namespace orrery::scheduler
