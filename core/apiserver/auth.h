// Who asks, and may they.
#pragma once

#include "core/apiserver/call.h"
#include "core/apiserver/rbac/decisions.h"
#include "core/apiserver/registry/registry.h"
#include "core/ports/token_signer.h"

namespace orrery::apiserver {

// The group of those who may do everything. Source: apiserver pkg/authentication/user, SystemPrivilegedGroup.
inline const Str kMasters = "system:masters";

// The identity that the transport proved, completed with the groups everyone has; anonymous if there is none.
// Impersonation headers change it when that is allowed.
// Without one a bearer token counts (`tokens` may be null); a wrong one is Unauthorized.
Result<ports::Identity> authenticate(const ports::ApiRequest& request, const Registry& registry,
                                     ports::TokenSigner* tokens, WallTime now, Decisions& decisions);
// system:masters may do everything, kubelets what the node authorizer allows, all others (the cluster's own components too)
// what RBAC grants. Errors: Forbidden in Kubernetes' sentence, Unauthorized for anonymous requests.
Result<void> authorize(const ports::Identity& who, const RequestInfo& request, std::string_view path,
                       const Registry& registry, Decisions& decisions);
// The same without what was decided before: for reviews and the few other rare questions.
Result<void> authorize(const ports::Identity& who, const RequestInfo& request, std::string_view path,
                       const Registry& registry);

}  // namespace orrery::apiserver
