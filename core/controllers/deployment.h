// Deployment: rolls pods from one template to the next through ReplicaSets. Source: pkg/controller/deployment.
#pragma once

#include "core/client/reconciler.h"
#include "core/controllers/rollout.h"

namespace orrery::controllers {

struct DeploymentView {
  std::shared_ptr<const Deployment> deployment;
  std::vector<api::ObjectPtr> candidates;            // ReplicaSets it controls, and orphans of its namespace
  std::vector<std::pair<Str, PodPtr>> pods;          // of its sets: uid of the set, pod (only read for Recreate)
  // A ReplicaSet of that name which is not ours, if one is in the way of a new one; asked for by name.
  std::shared_ptr<const ReplicaSet> in_the_way;
};
client::Plan plan_deployment(const DeploymentView& view, const client::Attempt& attempt);
// The name that the next ReplicaSet would have.
Str new_set_name(const Deployment& d);

class DeploymentController final : public client::Controller {
 public:
  Str name() const override { return "deployment-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* deployments_ = nullptr;
  client::Informer* sets_ = nullptr;
  client::Informer* pods_ = nullptr;
};

}  // namespace orrery::controllers
