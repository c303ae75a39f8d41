// Conversion between two versions of one kind: core and events.k8s.io Events, autoscaling v1 and v2.
#pragma once

#include "core/api/object.h"

namespace orrery::apiserver {

// REQUIRES: a known pair of types.
api::MutableObject convert(api::MutableObject from, const api::TypeDesc& to);

}  // namespace orrery::apiserver
