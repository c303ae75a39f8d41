// What roles allow, as kubectl lists it: each resource once, with all of its verbs (kubectl pkg/util/rbac).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace orrery::kubectl {

struct RuleRow {
  std::string resources;           // "deployments.apps/scale"
  std::string urls, names, verbs;  // "[get list]"
};
std::vector<RuleRow> rule_rows(const nlohmann::json& rules);

}  // namespace orrery::kubectl
