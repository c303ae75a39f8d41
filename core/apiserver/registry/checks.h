// Validation as the registry uses it: everything wrong with an object as one Invalid error.
#pragma once

#include "core/api/kinds.h"
#include "core/api/object.h"
#include "core/base/result.h"

namespace orrery::apiserver {

using api::KindInfo;

Result<void> check_create(const KindInfo& kind, const api::MutableObject& object);
Result<void> check_update(const KindInfo& kind, const api::MutableObject& next, const api::ObjectPtr& old,
                          std::string_view subresource);
// A namespace that still has finalizers in its spec stays.
bool keeps_namespace(const api::MutableObject& object);

}  // namespace orrery::apiserver
