// Validation of objects with Kubernetes' own messages and field paths. Sources: pkg/apis/*/validation and
// apimachinery pkg/api/validation of Kubernetes v1.35.
#pragma once

#include <string>
#include <vector>

#include "core/api/kinds.h"
#include "core/api/object.h"
#include "core/base/result.h"

namespace orrery::api {

// Each list is empty when the object is valid.
// REQUIRES: defaults are set, a generated name is filled in, metadata.namespace is set for namespaced kinds.
List<Cause> validate_create(const KindInfo& kind, const TypeDesc& type, const void* object);
// Includes what validate_create checks where Kubernetes does so too. REQUIRES: both are of that type.
List<Cause> validate_update(const KindInfo& kind, const TypeDesc& type, const void* object, const void* old);
// PUT and PATCH of a pod's /ephemeralcontainers. REQUIRES: both are pods that differ in nothing else.
List<Cause> validate_ephemeral_update(const void* pod, const void* old);
// PUT and PATCH of /status.
List<Cause> validate_status_update(const KindInfo& kind, const TypeDesc& type, const void* object, const void* old);

// `Deployment.apps "web" is invalid: spec.selector: Required value`, several in brackets, with details.causes.
Error invalid(std::string_view group, std::string_view kind, std::string_view name, List<Cause> causes);

// Names of objects, as the path segment of their kind must be: the messages that are wrong with it.
std::vector<std::string> check_name(const KindInfo& kind, std::string_view name, bool prefix = false);

}  // namespace orrery::api
