#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/api/openapi/openapi.h"
#include "core/api/openapi/schemas.h"

namespace orrery::api::openapi {

// "api/v1", "apis/apps/v1"
std::string group_version_path(const OpenApiResource& r);
// The operations on a resource, by path, into `paths`.
void add_paths(Dialect dialect, const OpenApiResource& r, nlohmann::json& paths);

}  // namespace orrery::api::openapi
