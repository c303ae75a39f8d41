// The Pod Security Standards: what a pod's spec does that a level forbids, in the words of pod-security-admission.
// Source: k8s.io/pod-security-admission/policy (check_*.go);
// https://kubernetes.io/docs/concepts/security/pod-security-standards/
#pragma once

#include <string>

#include "core/api/gen/core_v1.h"

namespace orrery::apiserver {

enum class SecurityLevel : uint8_t { Privileged, Baseline, Restricted };
bool parse_security_level(std::string_view text, SecurityLevel& out);
std::string_view security_level_text(SecurityLevel level);

// "privileged (container \"a\" must not set securityContext.privileged=true), ..." in the order of the checks' names;
// "" when the level allows the pod. `annotations` are the pod's (AppArmor).
std::string security_violations(const api::core_v1::PodSpec& spec, const Map<Str>& annotations, SecurityLevel level);

}  // namespace orrery::apiserver
