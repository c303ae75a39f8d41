// Claims and volumes are made with a finalizer that keeps them while they are in use; the controllers
// pvc-protection-controller and pv-protection-controller take it off.
// Source: plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go
#include "core/apiserver/admission/admission.h"

namespace orrery::apiserver {

Result<void> in_use_protection(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr&) {
  if (r.operation != "CREATE" || !r.subresource.empty() || !object) return {};
  const bool claim = r.kind.kind == "PersistentVolumeClaim", volume = r.kind.kind == "PersistentVolume";
  if (!claim && !volume) return {};
  const char* finalizer = claim ? "kubernetes.io/pvc-protection" : "kubernetes.io/pv-protection";
  auto& finalizers = object->meta().finalizers;
  if (!finalizers.contains(finalizer)) finalizers.push_back(finalizer);
  return {};
}

}  // namespace orrery::apiserver
