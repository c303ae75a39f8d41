#include "core/apiserver/registry/checks.h"

#include "core/api/gen/core_v1.h"
#include "core/api/validation/validate.h"

namespace orrery::apiserver {

namespace {

Result<void> verdict(const KindInfo& kind, const Str& name, List<Cause> causes) {
  if (causes.empty()) return {};
  return api::invalid(kind.group, kind.kind, name, std::move(causes));
}

}  // namespace

Result<void> check_create(const KindInfo& kind, const api::MutableObject& object) {
  return verdict(kind, object.meta().name, api::validate_create(kind, object.type(), object.data()));
}

Result<void> check_update(const KindInfo& kind, const api::MutableObject& next, const api::ObjectPtr& old,
                          std::string_view subresource) {
  if (subresource == "ephemeralcontainers") return verdict(kind, next.meta().name, api::validate_ephemeral_update(next.data(), old.data()));
  // Subresources change only their own part, so that the rest needn't be looked at again.
  bool whole = subresource.empty() || subresource == "scale";
  return verdict(kind, next.meta().name,
                 whole ? api::validate_update(kind, next.type(), next.data(), old.data())
                       : api::validate_status_update(kind, next.type(), next.data(), old.data()));
}

bool keeps_namespace(const api::MutableObject& object) {
  auto* ns = static_cast<const api::core_v1::Namespace*>(object.data());
  return !ns->spec.finalizers.empty();
}

}  // namespace orrery::apiserver
