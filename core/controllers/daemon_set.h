// DaemonSet: one pod on every node that fits. Source: pkg/controller/daemon.
#pragma once

#include <map>

#include "core/controllers/history.h"
#include "core/client/reconciler.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

struct DaemonSetView {
  std::shared_ptr<const api::apps_v1::DaemonSet> set;
  std::vector<api::ObjectPtr> candidates;  // pods it controls, and orphans of its namespace
  std::vector<std::shared_ptr<const api::core_v1::Node>> nodes;
  std::vector<RevisionPtr> revisions;
  std::map<Str, Duration> failed_wait;  // nodes whose failed pod stays so long yet
};
client::Plan plan_daemon_set(const DaemonSetView& view, const client::Attempt& attempt);

struct NodeFit {
  bool runs = false;   // a pod shall be there
  bool stays = false;  // one that is there may stay
};
NodeFit fits(const api::apps_v1::DaemonSet& set, const api::core_v1::Node& node);

// A node that refuses its daemon pod isn't asked again and again: the failed pod stays a second at first, then twice as
// long each time (daemon_controller.go failedPodsBackoff).
constexpr Duration kFailedPodWaitMin = seconds(1);
constexpr Duration kFailedPodWaitMax = minutes(15);

class DaemonSetController final : public client::Controller {
 public:
  Str name() const override { return "daemonset-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;
  void reset() override { state_ = {}; }
  std::shared_ptr<const void> save() const override { return std::make_shared<const State>(state_); }
  void restore(const std::shared_ptr<const void>& saved) override { state_ = *static_cast<const State*>(saved.get()); }

 private:
  struct Wait {
    Duration length;
    Instant since;
  };
  struct State {
    std::map<std::pair<Str, Str>, Wait> waits;  // by uid of the set, node
  };
  void note_failed(DaemonSetView& view, Instant now);

  State state_;
  client::Informer* sets_ = nullptr;
  client::Informer* pods_ = nullptr;
  client::Informer* nodes_ = nullptr;
  client::Informer* revisions_ = nullptr;
};

}  // namespace orrery::controllers
