// Defaulting as the API server does it after decoding (pkg/apis/*/v1/defaults.go and +default tags of Kubernetes v1.35).
#pragma once

#include "core/api/object.h"

namespace orrery::api {

// Fills what is unset. What is already complete stays shared. Idempotent.
void set_defaults(const TypeDesc& type, void* object);
inline void set_defaults(MutableObject& object) { set_defaults(object.type(), object.data()); }
template <class T>
void set_defaults(T& object) {
  set_defaults(desc<T>(), &object);
}

}  // namespace orrery::api
