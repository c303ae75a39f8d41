// Nobody grants what they don't hold: checks of roles and bindings before they are stored.
// Source: pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go,
// pkg/registry/rbac/validation/rule.go (ConfirmNoEscalation), component-helpers/auth/rbac/validation (Covers).
#pragma once

#include "core/apiserver/rbac/rbac.h"

namespace orrery::apiserver {

// Forbidden, naming the rules that `who` lacks, unless they hold all of the role's rules or may `escalate` roles, or of
// the bound role's or may `bind` it. Other kinds than the four of RBAC are none of its business.
Result<void> check_no_escalation(const Registry& registry, const ports::Identity& who, const KindInfo& kind,
                                 const Str& ns, api::MutableObject& object);

}  // namespace orrery::apiserver
