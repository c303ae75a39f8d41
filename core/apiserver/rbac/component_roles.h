// The roles of Kubernetes' own components and controllers, as rows of bootstrap_roles().
#pragma once

#include <string_view>
#include <vector>

namespace orrery::apiserver {

// Comma separated; "core" stands for the group without a name.
struct RoleRow {
  std::string_view role, verbs, groups, resources, urls;
};
// Each role's rows together.
std::vector<RoleRow> component_rows();

// Who holds a role: a user, or, when it is empty, the controller's account in kube-system.
struct RoleHolder {
  std::string_view role, user;
};
std::vector<RoleHolder> component_holders();
inline constexpr std::string_view kControllerRole = "system:controller:";

}  // namespace orrery::apiserver
