// ReplicaSet: keeps a number of pods of one template. Source: pkg/controller/replicaset.
#pragma once

#include "core/api/gen/apps_v1.h"
#include "core/client/reconciler.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

constexpr int kBurstReplicas = 500;  // creations or deletions of one plan

struct ReplicaSetView {
  std::shared_ptr<const api::apps_v1::ReplicaSet> set;
  std::vector<api::ObjectPtr> candidates;  // pods it controls, and orphans of its namespace
  Pods related;                            // active pods of all sets with the same owner
};
client::Plan plan_replica_set(const ReplicaSetView& view, const client::Attempt& attempt);

class ReplicaSetController final : public client::Controller {
 public:
  Str name() const override { return "replicaset-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* sets_ = nullptr;
  client::Informer* pods_ = nullptr;
};

}  // namespace orrery::controllers
