// Writes into a ClusterRole with an aggregationRule the rules of the roles that it selects, so that they can be read
// there. Whoever binds such a role is judged by the selected roles either way. Source:
// pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go
#pragma once

#include "core/api/gen/rbac_v1.h"
#include "core/client/reconciler.h"

namespace orrery::controllers {

// The rules of those of `roles` (by name) that the role selects, each rule once.
List<api::rbac_v1::PolicyRule> aggregated_rules(const api::rbac_v1::ClusterRole& role,
                                                const client::Informer::Objects& roles);

class ClusterRoleAggregationController final : public client::Controller {
 public:
  Str name() const override { return "clusterrole-aggregation-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* roles_ = nullptr;
};

}  // namespace orrery::controllers
