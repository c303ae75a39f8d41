// An ApiRequest's path and query as the target of an HTTP request: "/api/v1/pods?watch=true".
#pragma once

#include <string>

#include "core/ports/api.h"

namespace orrery::ports {

std::string request_target(const ApiRequest& request);

}  // namespace orrery::ports
