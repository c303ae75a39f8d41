// Who asks, and may they.
#pragma once

#include "core/apiserver/call.h"
#include "core/apiserver/registry/registry.h"

namespace orrery::apiserver {

// The identity that the transport proved, completed with the groups everyone has; anonymous if there is none.
// Impersonation headers change it when that is allowed.
Result<ports::Identity> authenticate(const ports::ApiRequest& request, const Registry& registry);
// system:masters and the cluster's own components may do everything, others what RBAC grants. Errors: Forbidden in
// Kubernetes' sentence, Unauthorized for anonymous requests.
Result<void> authorize(const ports::Identity& who, const RequestInfo& request, std::string_view path,
                       const Registry& registry);

}  // namespace orrery::apiserver
