// Source: plugin/pkg/admission/priority/admission.go
#include "core/api/gen/core_v1.h"
#include "core/api/gen/scheduling_v1.h"
#include "core/apiserver/admission/admission.h"

namespace orrery::apiserver {

namespace {

using api::scheduling_v1::PriorityClass;

// The default class of the cluster: of several the one of the lowest value.
const PriorityClass* default_class(const AdmissionRequest& r) {
  const PriorityClass* found = nullptr;
  const store::Table& table = r.registry.store().at(r.registry.table(api::kind<PriorityClass>()));
  for (const auto& entry : table.items) {
    auto* c = entry.second.object.as<PriorityClass>();
    if (c->globalDefault && (!found || c->value < found->value)) found = c;
  }
  return found;
}

}  // namespace

Result<void> priority(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr&) {
  if (r.operation != "CREATE" || !r.subresource.empty() || r.kind.kind != "Pod" || !object) return {};
  auto& pod = object->as<api::core_v1::Pod>();
  int32_t value = 0;
  Str policy = "PreemptLowerPriority";
  if (pod.spec.priorityClassName.empty()) {
    if (const PriorityClass* c = default_class(r)) {
      pod.spec.priorityClassName = c->metadata.name;
      value = c->value;
      if (c->preemptionPolicy) policy = *c->preemptionPolicy;
    }
  } else {
    api::ObjectPtr found = r.registry.head(api::kind<PriorityClass>(), {}, pod.spec.priorityClassName, r.writer);
    if (!found)
      return forbidden(r.kind, pod.metadata.name,
                       cat("no PriorityClass with name ", pod.spec.priorityClassName, " was found"));
    const auto& c = *found.as<PriorityClass>();
    value = c.value;
    if (c.preemptionPolicy) policy = *c.preemptionPolicy;
  }
  if (pod.spec.priority && *pod.spec.priority != value)
    return forbidden(r.kind, pod.metadata.name,
                     cat("the integer value of priority (", *pod.spec.priority,
                         ") must not be provided in pod spec; priority admission controller computed ", value,
                         " from the given PriorityClass name"));
  pod.spec.priority = value;
  if (!pod.spec.preemptionPolicy) pod.spec.preemptionPolicy = policy;
  return {};
}

}  // namespace orrery::apiserver
