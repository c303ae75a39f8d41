#include "core/controllers/cluster_role_aggregation.h"

#include "core/client/match.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::rbac_v1::ClusterRole;
using api::rbac_v1::PolicyRule;
using client::Attempt;
using client::Key;
using client::Plan;

List<PolicyRule> aggregated_rules(const ClusterRole& role, const client::Informer::Objects& roles) {
  List<PolicyRule> out;
  if (!role.aggregationRule) return out;
  for (const auto& selector : role.aggregationRule->clusterRoleSelectors)
    for (const auto& [key, object] : roles) {
      const ClusterRole& part = *object.as<ClusterRole>();
      if (key.name == role.metadata.name || !client::matches(selector, part.metadata.labels)) continue;
      for (const PolicyRule& rule : part.rules)
        if (!out.contains(rule)) out.push_back(rule);
    }
  return out;
}

void ClusterRoleAggregationController::setup(client::InformerSet& informers) {
  roles_ = &informers.of<ClusterRole>();
  roles_->add_handler(*this);
}

// Roles are few, and which one selects which is not known: all that select any are looked at.
void ClusterRoleAggregationController::on_change(const client::Informer&, ports::WatchType, const ObjectPtr&,
                                                 const ObjectPtr&) {
  for (const auto& [key, role] : roles_->objects())
    if (role.as<ClusterRole>()->aggregationRule) queue().add(key);
}

Plan ClusterRoleAggregationController::plan(const Key& key, const Attempt&) {
  Plan plan;
  const ClusterRole* role = roles_->get<ClusterRole>(key);
  if (!role || !role->aggregationRule) return plan;
  List<PolicyRule> rules = aggregated_rules(*role, roles_->objects());
  if (rules == role->rules) return plan;
  ClusterRole told = *role;
  told.rules = std::move(rules);
  plan.writes.push_back(client::update(api::make_object(std::move(told)),
                                       cat(key.name, " takes over the rules of the roles that it selects")));
  return plan;
}

}  // namespace orrery::controllers
