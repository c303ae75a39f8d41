// Admission: what changes or refuses a write before it is validated. Plugins run in the order of the table, as
// kube-apiserver's recommended order has them.
#pragma once

#include "core/apiserver/registry/registry.h"

namespace orrery::apiserver {

struct AdmissionRequest {
  Registry& registry;
  Writer& writer;
  const KindInfo& kind;
  Str ns;
  std::string_view operation;  // CREATE, UPDATE, DELETE
  std::string_view subresource;
  Str name;
};

struct AdmissionPlugin {
  std::string_view name;
  // `object` is null for deletions; `old` may be null.
  Result<void> (*admit)(const AdmissionRequest& request, api::MutableObject* object, const api::ObjectPtr& old);
};

// The first refusal ends it.
Result<void> admit(const AdmissionRequest& request, api::MutableObject* object, const api::ObjectPtr& old);

Result<void> namespace_lifecycle(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> service_account(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> node_restriction(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> taint_nodes(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> default_tolerations(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> default_storage_class(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> in_use_protection(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> limit_ranger(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> pod_security(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> mutating_webhooks(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> validating_webhooks(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> resource_quota(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
// Adds what the write took to the status of its quotas: after the write, in the same turn.
void take_charges(Registry& registry, const Str& ns, Writer& writer);
Result<void> runtime_class(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);
Result<void> priority(const AdmissionRequest&, api::MutableObject*, const api::ObjectPtr&);

}  // namespace orrery::apiserver
