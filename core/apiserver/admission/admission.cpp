#include "core/apiserver/admission/admission.h"

namespace orrery::apiserver {

namespace {

constexpr AdmissionPlugin kPlugins[] = {
    {"NamespaceLifecycle", namespace_lifecycle},
    {"LimitRanger", limit_ranger},
    {"ServiceAccount", service_account},
    {"NodeRestriction", node_restriction},
    {"TaintNodesByCondition", taint_nodes},
    {"PodSecurity", pod_security},
    {"Priority", priority},
    {"DefaultTolerationSeconds", default_tolerations},
    {"DefaultStorageClass", default_storage_class},
    {"StorageObjectInUseProtection", in_use_protection},
    {"RuntimeClass", runtime_class},
    {"MutatingAdmissionWebhook", mutating_webhooks},
    {"ValidatingAdmissionWebhook", validating_webhooks},
    {"ResourceQuota", resource_quota},
};

}  // namespace

Result<void> admit(const AdmissionRequest& request, api::MutableObject* object, const api::ObjectPtr& old) {
  const List<Str>& disabled = request.registry.options().disabled_admission;
  for (const AdmissionPlugin& plugin : kPlugins) {
    if (!disabled.empty() && disabled.contains(Str(plugin.name))) continue;
    auto verdict = plugin.admit(request, object, old);
    if (!verdict.ok()) return verdict;
  }
  return {};
}

}  // namespace orrery::apiserver
