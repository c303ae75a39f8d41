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
};
client::Plan plan_daemon_set(const DaemonSetView& view, const client::Attempt& attempt);

struct NodeFit {
  bool runs = false;   // a pod shall be there
  bool stays = false;  // one that is there may stay
};
NodeFit fits(const api::apps_v1::DaemonSet& set, const api::core_v1::Node& node);

class DaemonSetController final : public client::Controller {
 public:
  Str name() const override { return "daemonset-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* sets_ = nullptr;
  client::Informer* pods_ = nullptr;
  client::Informer* nodes_ = nullptr;
  client::Informer* revisions_ = nullptr;
};

}  // namespace orrery::controllers
