// Binding and eviction: the decisions, apart from requests and answers.
#pragma once

#include "core/api/gen/core_v1.h"
#include "core/api/gen/policy_v1.h"
#include "core/apiserver/registry/registry.h"

namespace orrery::apiserver {

// Source: pkg/registry/core/pod/storage/storage.go (BindingREST.assignPod).
Result<Stored> bind_pod(Registry& registry, const Str& ns, const Str& name, const api::core_v1::Binding& binding,
                        Writer& writer);
// Source: pkg/registry/core/pod/storage/eviction.go. Errors: TooManyRequests when a disruption budget forbids it.
Result<Stored> evict_pod(Registry& registry, const Str& ns, const Str& name, const api::policy_v1::Eviction& eviction,
                         Writer& writer);

}  // namespace orrery::apiserver
