// Source: plugin/pkg/admission/serviceaccount/admission.go
#include "core/api/gen/core_v1.h"
#include "core/apiserver/admission/admission.h"

namespace orrery::apiserver {

Result<void> service_account(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr&) {
  using namespace api::core_v1;
  if (r.operation != "CREATE" || !r.subresource.empty() || r.kind.kind != "Pod" || !object) return {};
  Pod& pod = object->as<Pod>();
  if (pod.metadata.annotations.contains("kubernetes.io/config.mirror")) return {};
  if (pod.spec.serviceAccountName.empty()) pod.spec.serviceAccountName = "default";
  pod.spec.serviceAccount = pod.spec.serviceAccountName;
  return {};
}

}  // namespace orrery::apiserver
