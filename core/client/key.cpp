#include "core/client/key.h"

#include "core/api/kinds.h"
#include "core/base/text.h"

namespace orrery::client {

uint64_t revision_of(const api::meta_v1::ObjectMeta& meta) {
  int64_t n = 0;
  return parse_int64(meta.resourceVersion, n) && n > 0 ? static_cast<uint64_t>(n) : 0;
}

const api::meta_v1::OwnerReference* controller_of(const api::meta_v1::ObjectMeta& meta) {
  for (const api::meta_v1::OwnerReference& ref : meta.ownerReferences)
    if (ref.controller.value_or(false)) return &ref;
  return nullptr;
}

api::meta_v1::OwnerReference controller_ref(const api::KindInfo& kind, const api::meta_v1::ObjectMeta& owner) {
  api::meta_v1::OwnerReference ref;
  ref.apiVersion = kind.api_version();
  ref.kind = kind.kind;
  ref.name = owner.name;
  ref.uid = owner.uid;
  ref.controller = true;
  ref.blockOwnerDeletion = true;
  return ref;
}

}  // namespace orrery::client
