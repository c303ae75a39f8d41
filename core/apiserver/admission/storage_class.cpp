// Source: plugin/pkg/admission/storage/storageclass/setdefault/admission.go
#include "core/api/gen/core_v1.h"
#include "core/api/gen/storage_v1.h"
#include "core/apiserver/admission/admission.h"

namespace orrery::apiserver {

Result<void> default_storage_class(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr&) {
  using api::storage_v1::StorageClass;
  if (r.operation != "CREATE" || !r.subresource.empty() || r.kind.kind != "PersistentVolumeClaim" || !object) return {};
  auto& claim = object->as<api::core_v1::PersistentVolumeClaim>();
  if (claim.spec.storageClassName || claim.metadata.annotations.contains("volume.beta.kubernetes.io/storage-class"))
    return {};
  // Of several default classes the newest, then the first by name.
  const StorageClass* found = nullptr;
  for (const auto& entry : r.registry.store().at(r.registry.table(api::kind<StorageClass>())).items) {
    auto* c = entry.second.object.as<StorageClass>();
    if (c->metadata.annotations.get("storageclass.kubernetes.io/is-default-class") != "true" &&
        c->metadata.annotations.get("storageclass.beta.kubernetes.io/is-default-class") != "true")
      continue;
    if (!found || c->metadata.creationTimestamp > found->metadata.creationTimestamp) found = c;
  }
  if (found) claim.spec.storageClassName = found->metadata.name;
  return {};
}

}  // namespace orrery::apiserver
