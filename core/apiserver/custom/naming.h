// The life of a CustomResourceDefinition, as the controllers inside apiextensions-apiserver lead it: names accepted,
// established, terminating. Pure functions over the definitions.
#pragma once

#include <vector>

#include "core/api/gen/apiextensions_v1.h"

namespace orrery::apiserver {

using Definition = api::apiextensions_v1::CustomResourceDefinition;

inline constexpr const char* kCleanup = "customresourcecleanup.apiextensions.k8s.io";

bool is_true(const Definition& d, std::string_view condition);
// Sets a condition; its time changes with its status. False when nothing changed.
bool set_condition(Definition& d, const char* type, bool on, const char* reason, std::string message, WallTime now);

// Accepts the names that no other definition of the group has, and says which are taken: the next state of the status,
// false when it stays. Source: pkg/controller/status/naming_controller.go
bool accept_names(Definition& d, const std::vector<const Definition*>& others, WallTime now);
// Serves a definition whose names were accepted. Source: pkg/controller/establish/establishing_controller.go
bool establish(Definition& d, WallTime now);

}  // namespace orrery::apiserver
