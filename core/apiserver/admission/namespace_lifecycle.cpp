// Source: apiserver pkg/admission/plugin/namespace/lifecycle/admission.go
#include "core/api/gen/core_v1.h"
#include "core/apiserver/admission/admission.h"

namespace orrery::apiserver {

Result<void> namespace_lifecycle(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr&) {
  const KindInfo& namespaces = api::kind<api::core_v1::Namespace>();
  if (r.operation == "DELETE" && &r.kind == &namespaces) {
    for (std::string_view immortal : {"default", "kube-system", "kube-public"})
      if (r.name == immortal) return forbidden(r.kind, r.name, "this namespace may not be deleted");
    return {};
  }
  // A namespace that is being deleted takes nothing new; updates and deletions go on in it.
  if (r.operation != "CREATE" || r.ns.empty() || !r.kind.namespaced) return {};
  api::ObjectPtr found = r.registry.head(namespaces, {}, r.ns, r.writer);
  if (!found) return not_found(namespaces, r.ns);
  const auto& ns = *found.as<api::core_v1::Namespace>();
  if (!ns.metadata.deletionTimestamp.is_set() && ns.status.phase != "Terminating") return {};
  if (r.kind.kind == "LocalSubjectAccessReview") return {};
  Str name = object && object->type().has_object_meta ? object->meta().name : r.name;
  Error e = forbidden(r.kind, name,
                      cat("unable to create new content in namespace ", r.ns, " because it is being terminated"));
  e.causes.push_back({"NamespaceTerminating", cat("namespace ", r.ns, " is being terminated"), "metadata.namespace"});
  return e;
}

}  // namespace orrery::apiserver
