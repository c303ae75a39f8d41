// Webhooks of a write. Orrery keeps their configurations but calls none: no program stands behind a simulated pod that
// could answer, and webhooks that run in real containers are not called yet. What is known without a call is done as
// Kubernetes does it: a webhook whose service is missing or has no ready endpoint fails, and its failurePolicy decides.
// For one that would have been called, the writer gets a warning. Sources: apiserver
// pkg/admission/plugin/webhook/{generic/webhook.go,predicates,errors}, pkg/util/proxy.
#include "core/api/gen/admissionregistration_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/api/gen/discovery_v1.h"
#include "core/api/validation/meta.h"
#include "core/apiserver/admission/admission.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::admissionregistration_v1;
using api::core_v1::Namespace;
using api::core_v1::Service;
using api::discovery_v1::EndpointSlice;
using api::validation::selector_matches;

constexpr std::string_view kRoom = "admissionregistration.k8s.io";

std::vector<api::ObjectPtr> all_of(const Registry& registry, const KindInfo& kind, const Str& ns) {
  std::vector<std::pair<Str, store::Item>> found;
  store::ListSpec spec;
  spec.table = registry.table(kind);
  spec.ns = ns;
  registry.store().list(spec, 0, found);
  std::vector<api::ObjectPtr> out;
  for (const auto& entry : found) out.push_back(entry.second.object);
  return out;
}

bool takes(const List<Str>& list, std::string_view what) {
  for (const Str& s : list)
    if (s == "*" || s == what) return true;
  return false;
}

bool rule_matches(const RuleWithOperations& rule, const AdmissionRequest& r) {
  const bool cluster = !r.kind.namespaced;
  if (rule.scope && ((*rule.scope == "Namespaced" && cluster) || (*rule.scope == "Cluster" && !cluster))) return false;
  if (!takes(rule.operations, r.operation) || !takes(rule.apiGroups, r.kind.group) ||
      !takes(rule.apiVersions, r.kind.version))
    return false;
  for (const Str& both : rule.resources) {
    size_t slash = both.view().find('/');
    std::string_view resource = both.view().substr(0, slash);
    std::string_view sub = slash == std::string_view::npos ? std::string_view() : both.view().substr(slash + 1);
    if ((resource == "*" || resource == r.kind.plural) && (sub == "*" || sub == r.subresource)) return true;
  }
  return false;
}

// A namespace is chosen by its own labels, what is in it by the namespace's; other cluster objects always.
bool namespace_chosen(const Box<api::meta_v1::LabelSelector>& selector, const AdmissionRequest& r,
                      const api::MutableObject* object) {
  const KindInfo& namespaces = api::kind<Namespace>();
  if (&r.kind == &namespaces && object) return selector_matches(selector, object->meta().labels);
  if (&r.kind != &namespaces && !r.kind.namespaced) return true;
  api::ObjectPtr found = r.registry.head(namespaces, {}, r.kind.namespaced ? r.ns : r.name, r.writer);
  return !found || selector_matches(selector, found.meta().labels);
}

bool object_chosen(const Box<api::meta_v1::LabelSelector>& selector, const api::MutableObject* object,
                   const api::ObjectPtr& old) {
  if (object && object->type().has_object_meta && selector_matches(selector, object->meta().labels)) return true;
  return old && selector_matches(selector, old.meta().labels);
}

// Why a call of this service can't succeed; empty when it might.
std::string unreachable(const AdmissionRequest& r, const ServiceReference& s, int32_t port) {
  api::ObjectPtr found = r.registry.head(api::kind<Service>(), s.namespace_, s.name, r.writer);
  if (!found) return cat("service ", orrery::quoted(s.name), " not found");
  bool has_port = false;
  for (const auto& p : found.as<Service>()->spec.ports) has_port = has_port || p.port == port;
  if (!has_port) return cat("no service port ", port, " found for service ", orrery::quoted(s.name));
  for (const api::ObjectPtr& slice : all_of(r.registry, api::kind<EndpointSlice>(), s.namespace_)) {
    if (slice.meta().labels.get("kubernetes.io/service-name") != s.name) continue;
    for (const auto& endpoint : slice.as<EndpointSlice>()->endpoints)
      if (endpoint.conditions.ready.value_or(true)) return {};
  }
  return cat("no endpoints available for service ", orrery::quoted(s.name));
}

template <class Hook>
Result<void> run(const Hook& hook, const AdmissionRequest& r) {
  std::string why, url;
  // Conditions are CEL, which is not evaluated: nobody knows whether such a webhook is called at all.
  if (hook.clientConfig.service && hook.matchConditions.empty()) {
    const ServiceReference& s = *hook.clientConfig.service;
    const int32_t port = s.port.value_or(443);
    why = unreachable(r, s, port);
    url = cat("https://", s.name, '.', s.namespace_, ".svc:", port, s.path ? s.path->view() : std::string_view("/"),
              "?timeout=", hook.timeoutSeconds.value_or(10), 's');
  }
  if (why.empty()) {
    r.writer.warnings.push_back(
        Str(cat("webhook ", orrery::quoted(hook.name), " was not called: Orrery calls no webhooks")));
    return {};
  }
  if (hook.failurePolicy.value_or("Fail") == "Ignore") return {};
  Error e = make_error(Reason::InternalError,
                       cat("Internal error occurred: failed calling webhook ", orrery::quoted(hook.name),
                           ": failed to call webhook: Post ", orrery::quoted(url), ": ", why));
  e.causes.push_back({"",
                      cat("failed calling webhook ", orrery::quoted(hook.name), ": failed to call webhook: Post ",
                          orrery::quoted(url), ": ", why),
                      ""});
  return e;
}

template <class Configuration>
Result<void> run_all(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr& old) {
  if (r.kind.group == kRoom) return {};  // their own objects, so that a broken webhook can be removed
  auto configurations = all_of(r.registry, api::kind<Configuration>(), {});
  if (configurations.empty()) return {};
  api::ObjectPtr before = old;
  if (!before && r.operation == "DELETE") before = r.registry.head(r.kind, r.ns, r.name, r.writer);
  for (const api::ObjectPtr& configuration : configurations)
    for (const auto& hook : configuration.template as<Configuration>()->webhooks) {
      bool matches = false;
      for (const RuleWithOperations& rule : hook.rules) matches = matches || rule_matches(rule, r);
      if (!matches || !namespace_chosen(hook.namespaceSelector, r, object) ||
          !object_chosen(hook.objectSelector, object, before))
        continue;
      if (auto verdict = run(hook, r); !verdict.ok()) return verdict;
    }
  return {};
}

}  // namespace

Result<void> mutating_webhooks(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr& old) {
  return run_all<MutatingWebhookConfiguration>(r, object, old);
}

Result<void> validating_webhooks(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr& old) {
  // Policies are kept too; their rules are CEL as well.
  if (r.kind.group == kRoom && r.operation == "CREATE" && r.kind.kind == "ValidatingAdmissionPolicyBinding")
    r.writer.warnings.push_back("the policy refuses nothing: Orrery does not evaluate CEL expressions");
  return run_all<ValidatingWebhookConfiguration>(r, object, old);
}

}  // namespace orrery::apiserver
