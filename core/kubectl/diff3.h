// The patch that kubectl apply sends: what changed from `last` to `wanted`, against `live`, as a strategic merge patch
// guided by the type's descriptor (apimachinery pkg/util/strategicpatch CreateThreeWayMergePatch).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/api/reflect.h"

namespace orrery::kubectl {

// Empty object: nothing to do.
nlohmann::json three_way_patch(const nlohmann::json& last, const nlohmann::json& wanted, const nlohmann::json& live,
                               const api::TypeDesc& type);

}  // namespace orrery::kubectl
