// Source: plugin/pkg/admission/runtimeclass/admission.go
#include "core/api/gen/core_v1.h"
#include "core/api/gen/node_v1.h"
#include "core/apiserver/admission/admission.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using api::core_v1::Pod;
using api::node_v1::RuntimeClass;

Result<void> set_overhead(const AdmissionRequest& r, Pod& pod, const RuntimeClass* c) {
  if (!c || !c->overhead) {
    if (pod.spec.overhead.empty()) return {};
    return forbidden(r.kind, pod.metadata.name,
                     "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
  }
  if (!pod.spec.overhead.empty() && !(pod.spec.overhead == c->overhead->podFixed))
    return forbidden(r.kind, pod.metadata.name,
                     "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  pod.spec.overhead = c->overhead->podFixed;
  return {};
}

Result<void> set_scheduling(const AdmissionRequest& r, Pod& pod, const RuntimeClass& c) {
  for (const auto& [key, value] : c.scheduling->nodeSelector) {
    const Str* own = pod.spec.nodeSelector.find(key);
    if (own && !(*own == value))
      return forbidden(r.kind, pod.metadata.name,
                       cat("conflict: runtimeClass.scheduling.nodeSelector[", key, "] = ", value,
                           "; pod.spec.nodeSelector[", key, "] = ", *own));
    pod.spec.nodeSelector.set(key, value);
  }
  for (const api::core_v1::Toleration& t : c.scheduling->tolerations)
    if (!pod.spec.tolerations.contains(t)) pod.spec.tolerations.push_back(t);
  return {};
}

}  // namespace

Result<void> runtime_class(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr&) {
  if (r.operation != "CREATE" || !r.subresource.empty() || r.kind.kind != "Pod" || !object) return {};
  Pod& pod = object->as<Pod>();
  const RuntimeClass* c = nullptr;
  api::ObjectPtr found;
  if (pod.spec.runtimeClassName && !pod.spec.runtimeClassName->empty()) {
    found = r.registry.head(api::kind<RuntimeClass>(), {}, *pod.spec.runtimeClassName, r.writer);
    if (!found)
      return forbidden(r.kind, pod.metadata.name,
                       cat("pod rejected: RuntimeClass ", quoted(*pod.spec.runtimeClassName), " not found"));
    c = found.as<RuntimeClass>();
  }
  if (auto bad = set_overhead(r, pod, c); !bad.ok()) return bad;
  return c && c->scheduling ? set_scheduling(r, pod, *c) : Result<void>();
}

}  // namespace orrery::apiserver
