// Who asks, and may they.
#pragma once

#include "core/apiserver/call.h"

namespace orrery::apiserver {

// The identity that the transport proved, completed with the groups everyone has; anonymous if there is none.
Result<ports::Identity> authenticate(const ports::ApiRequest& request);
// Errors: Forbidden in Kubernetes' sentence, Unauthorized for anonymous requests.
Result<void> authorize(const CallRecord& call);

}  // namespace orrery::apiserver
