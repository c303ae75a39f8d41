// ReplicaSet, and its ancestor ReplicationController: keep a number of pods of one template. Sources:
// pkg/controller/replicaset, pkg/controller/replication (which runs the former over converted objects, as we do).
#pragma once

#include "core/api/gen/apps_v1.h"
#include "core/client/reconciler.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

constexpr int kBurstReplicas = 500;  // creations or deletions of one plan

// How one of the two kinds is seen as a ReplicaSet.
struct ReplicaKind {
  const api::KindInfo* kind;
  const char* controller;  // its name in events
  std::shared_ptr<const api::apps_v1::ReplicaSet> (*as_set)(const api::ObjectPtr& object);
  // A copy of the object with the status of its ReplicaSet form.
  api::ObjectPtr (*with_status)(const api::ObjectPtr& object, const api::apps_v1::ReplicaSetStatus& status);
};
const ReplicaKind& replica_sets();
const ReplicaKind& replication_controllers();

struct ReplicaSetView {
  std::shared_ptr<const api::apps_v1::ReplicaSet> set;
  std::vector<api::ObjectPtr> candidates;  // pods it controls, and orphans of its namespace
  Pods related;                            // active pods of all sets with the same owner
  const ReplicaKind* kind = &replica_sets();
  api::ObjectPtr object;  // what `set` was made of; null: `set` itself
};
client::Plan plan_replica_set(const ReplicaSetView& view, const client::Attempt& attempt);

class ReplicaSetController final : public client::Controller {
 public:
  explicit ReplicaSetController(const ReplicaKind& kind = replica_sets()) : kind_(&kind) {}
  Str name() const override { return kind_->controller; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  const ReplicaKind* kind_;
  client::Informer* sets_ = nullptr;
  client::Informer* pods_ = nullptr;
};

}  // namespace orrery::controllers
