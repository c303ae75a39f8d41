// What an object takes from a ResourceQuota. One function for admission, which charges it, and for the controller,
// which counts it again. Source: pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims}.go.
#pragma once

#include <string>

#include "core/api/gen/core_v1.h"
#include "core/api/kinds.h"
#include "core/api/object.h"

namespace orrery::api {

using Usage = Map<Quantity>;

// Of all containers together, with init containers and sidecars counted as the scheduler counts them.
Usage pod_requests(const core_v1::PodSpec& spec);
Usage pod_limits(const core_v1::PodSpec& spec);

// "pods": 1, "requests.cpu": 500m, "count/deployments.apps": 1 ... Pods that have ended take only their count.
Usage usage_of(const KindInfo& kind, const ObjectPtr& object);
// The quota's scopes hold for the object; quotas with scopes count pods only.
bool quota_matches(const core_v1::ResourceQuota& quota, const ObjectPtr& object);
// "must specify limits.cpu for: web" when a quota of these resources needs containers to say what they take; else "".
std::string quota_demands(const Usage& hard, const ObjectPtr& object);

}  // namespace orrery::api
