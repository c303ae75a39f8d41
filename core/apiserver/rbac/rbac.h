// Role-based access control over the roles and bindings in the store.
// Source: kubernetes pkg/registry/rbac/validation/rule.go, plugin/pkg/auth/authorizer/rbac/rbac.go.
#pragma once

#include <vector>

#include "core/api/gen/rbac_v1.h"
#include "core/apiserver/call.h"
#include "core/apiserver/registry/registry.h"

namespace orrery::apiserver {

// The rules that hold for somebody cluster-wide and, with a namespace, in it. Aggregated roles are resolved.
std::vector<api::rbac_v1::PolicyRule> rules_for(const Registry& registry, const ports::Identity& who, const Str& ns);
// Of one cluster role, with those that it aggregates; none when there is no such role.
std::vector<api::rbac_v1::PolicyRule> cluster_role_rules(const Registry& registry, const Str& name);
bool rule_allows(const api::rbac_v1::PolicyRule& rule, const RequestInfo& request, std::string_view path);
bool rbac_allows(const Registry& registry, const ports::Identity& who, const RequestInfo& request,
                 std::string_view path);

// Roles and bindings that every cluster has: cluster-admin, admin, edit, view, what everyone may read of discovery.
std::vector<api::rbac_v1::ClusterRole> bootstrap_roles();
std::vector<api::rbac_v1::ClusterRoleBinding> bootstrap_bindings();

}  // namespace orrery::apiserver
