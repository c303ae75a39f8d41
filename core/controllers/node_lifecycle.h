// Node lifecycle: judges nodes by their heartbeats, taints them, and evicts pods that don't tolerate it.
// Sources: pkg/controller/nodelifecycle, pkg/controller/tainteviction.
#pragma once

#include <map>

#include "core/api/gen/coordination_v1.h"
#include "core/client/reconciler.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

constexpr Duration kNodeGrace = seconds(50);          // --node-monitor-grace-period
constexpr Duration kNodeStartupGrace = seconds(60);   // --node-startup-grace-period
constexpr Duration kNodeTick = seconds(5);            // --node-monitor-period
constexpr Duration kEvictionPeriod = seconds(10);     // one node in 10 s begins to be evicted (--node-eviction-rate 0.1)

struct NodeView {
  std::shared_ptr<const api::core_v1::Node> node;
  // Since when it has been seen to have NoExecute taints that don't say it themselves (kubectl taint), by key.
  std::map<Str, WallTime> tainted_since;
  Pods pods;                    // on it
  Instant heard;                // of its last heartbeat: a renewed lease or a posted status
  bool fresh = false;           // first seen now
  bool may_evict = true;        // false: too many nodes are unreachable at once, or another one's turn just was
  Instant evict_again;          // when may_evict may become true
};
client::Plan plan_node(const NodeView& view, const client::Attempt& attempt);

class NodeLifecycleController final : public client::Controller {
 public:
  Str name() const override { return "node-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  void on_synced(const client::Informer& informer) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;
  void reset() override { state_ = {}; }
  std::shared_ptr<const void> save() const override { return std::make_shared<const State>(state_); }
  void restore(const std::shared_ptr<const void>& saved) override { state_ = *static_cast<const State*>(saved.get()); }

 private:
  struct Health {
    bool known = false;       // `heard` is set
    Instant heard;
    uint32_t beats = 0;       // changes since the last plan or tick
    bool told = false;        // RegisteredNode was recorded
    std::map<Str, WallTime> tainted_since;
  };
  struct State {
    std::map<Str, Health> nodes;
    Instant last_tick;
    bool ticking = false;
    bool evicted_any = false;
    Instant last_eviction;    // a node got its NoExecute taint
    std::map<Str, Str> removed;  // name -> uid, to be told
  };
  client::Plan tick(const client::Attempt& attempt);
  bool too_many_down() const;

  client::Informer* nodes_ = nullptr;
  client::Informer* leases_ = nullptr;
  client::Informer* pods_ = nullptr;
  State state_;
};

// Pod garbage collector: pods of nodes that are gone. Source: pkg/controller/podgc.
class PodGcController final : public client::Controller {
 public:
  static constexpr Duration kQuarantine = seconds(40);  // a node missing for so long is gone
  Str name() const override { return "pod-garbage-collector"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;
  void reset() override { missing_since_.clear(); }
  std::shared_ptr<const void> save() const override {
    return std::make_shared<const std::map<Str, Instant>>(missing_since_);
  }
  void restore(const std::shared_ptr<const void>& saved) override {
    missing_since_ = *static_cast<const std::map<Str, Instant>*>(saved.get());
  }

 private:
  client::Informer* nodes_ = nullptr;
  client::Informer* pods_ = nullptr;
  std::map<Str, Instant> missing_since_;  // node
};

}  // namespace orrery::controllers
