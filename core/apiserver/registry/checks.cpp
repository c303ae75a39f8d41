#include "core/apiserver/registry/checks.h"

#include "core/api/gen/core_v1.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/request_info.h"
#include "core/base/text.h"

namespace orrery::apiserver {

using api::meta_v1::ObjectMeta;

Result<void> check_create(const KindInfo& kind, const api::MutableObject& object) {
  const ObjectMeta& meta = object.meta();
  if (meta.name.empty())
    return invalid(kind, meta.name, {{"FieldValueRequired", "Required value: name or generateName is required", "metadata.name"}});
  return {};
}

Result<void> check_update(const KindInfo& kind, const api::MutableObject& next, const api::ObjectPtr& old,
                          std::string_view) {
  const ObjectMeta& meta = next.meta();
  const ObjectMeta& before = old.meta();
  if (meta.deletionTimestamp.is_set()) {
    std::vector<std::string> added;
    for (const Str& f : meta.finalizers)
      if (!before.finalizers.contains(f)) added.push_back(quoted(f));
    if (!added.empty())
      return invalid(kind, meta.name,
                     {{"FieldValueForbidden",
                       cat("Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{",
                           join(added, ", "), "}"),
                       "metadata.finalizers"}});
  }
  return {};
}

bool keeps_namespace(const api::MutableObject& object) {
  auto* ns = static_cast<const api::core_v1::Namespace*>(object.data());
  return !ns->spec.finalizers.empty();
}

}  // namespace orrery::apiserver
