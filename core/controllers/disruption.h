// PodDisruptionBudget status: how many of its pods may be evicted now. Source: pkg/controller/disruption.
#pragma once

#include "core/api/gen/policy_v1.h"
#include "core/client/reconciler.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

struct DisruptionView {
  std::shared_ptr<const api::policy_v1::PodDisruptionBudget> budget;
  Pods pods;               // that its selector matches
  int32_t scale = 0;       // replicas that their controllers want, summed
};
client::Plan plan_disruption(const DisruptionView& view, const client::Attempt& attempt);

class DisruptionController final : public client::Controller {
 public:
  Str name() const override { return "controllermanager"; }  // the source that kube-controller-manager gives these events
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  // Replicas wanted by the controllers of these pods; a pod without one counts for itself.
  int32_t scale_of(const Pods& pods) const;

  client::Informer* budgets_ = nullptr;
  client::Informer* pods_ = nullptr;
  client::Informer* deployments_ = nullptr;
  client::Informer* replica_sets_ = nullptr;
  client::Informer* stateful_sets_ = nullptr;
};

}  // namespace orrery::controllers
