// Webhook configurations, admission policies, priority and fairness, API services. Sources:
// pkg/apis/{admissionregistration,flowcontrol}/validation/validation.go, apiserver pkg/util/webhook/validation.go,
// kube-aggregator pkg/apis/apiregistration/validation/validation.go. Expressions (CEL) are not compiled.
#include <set>

#include "core/api/validation/kinds.h"
#include "core/base/text.h"

namespace orrery::api::validation {
namespace {

namespace reg = admissionregistration_v1;

constexpr int32_t kTimeoutSecondsMax = 30;

Value list_value(const List<Str>& list) {
  std::string text = "[";
  for (const Str& s : list) text += cat(text.size() > 1 ? "," : "", orrery::quoted(s));
  return Value::json(text + "]");
}

// field.IsFullyQualifiedName
void domain_of_three(Errors& e, std::string_view name, const Path& at) {
  if (name.empty()) return e.required(at);
  Problems bad = dns1123_subdomain(name);
  if (!bad.empty()) return e.invalid_each(at, name, bad);
  if (split(std::string(name), '.').size() < 3)
    e.invalid(at, name, "should be a domain with at least three segments separated by dots");
}

void wildcard_alone(Errors& e, const List<Str>& list, std::string_view others, const Path& at) {
  if (list.size() > 1 && list.contains(Str("*")))
    e.invalid(at, list_value(list), cat("if '*' is present, must not specify other ", others));
}

// "pods", "pods/*", "*/scale", "*", "*/*": none may repeat what another already means.
void rule_resources(Errors& e, const List<Str>& resources, const Path& at) {
  if (resources.empty()) e.required(at);
  std::set<std::string> all_of, any_with;
  bool plain = false;
  for (uint32_t i = 0; i < resources.size(); ++i) {
    std::string_view both = resources[i];
    if (both.empty()) {
      e.required(at.index(i));
      continue;
    }
    size_t slash = both.find('/');
    if (slash == std::string_view::npos) {
      plain = both != "*";
      continue;
    }
    std::string resource(both.substr(0, slash)), sub(both.substr(slash + 1));
    if (all_of.count(resource))
      e.invalid(at.index(i), both, cat("if '", resource, "/*' is present, must not specify ", both));
    if (any_with.count(sub)) e.invalid(at.index(i), both, cat("if '*/", sub, "' is present, must not specify ", both));
    if (sub == "*") all_of.insert(resource);
    if (resource == "*") any_with.insert(sub);
  }
  if (resources.size() > 1 && resources.contains(Str("*/*")))
    e.invalid(at, list_value(resources), "if '*/*' is present, must not specify other resources");
  if (resources.contains(Str("*")) && plain)
    e.invalid(at, list_value(resources), "if '*' is present, must not specify other resources without subresources");
}

void rule(Errors& e, const reg::RuleWithOperations& r, const Path& at) {
  if (r.operations.empty()) e.required(at / "operations");
  wildcard_alone(e, r.operations, "operations", at / "operations");
  for (uint32_t i = 0; i < r.operations.size(); ++i)
    e.one_of((at / "operations").index(i), r.operations[i], {"*", "CONNECT", "CREATE", "DELETE", "UPDATE"});
  if (r.apiGroups.empty()) e.required(at / "apiGroups");
  wildcard_alone(e, r.apiGroups, "API groups", at / "apiGroups");
  if (r.apiVersions.empty()) e.required(at / "apiVersions");
  wildcard_alone(e, r.apiVersions, "API versions", at / "apiVersions");
  for (uint32_t i = 0; i < r.apiVersions.size(); ++i)
    if (r.apiVersions[i].empty()) e.required((at / "apiVersions").index(i));
  rule_resources(e, r.resources, at / "resources");
  if (r.scope) e.one_of(at / "scope", *r.scope, {"*", "Cluster", "Namespaced"});
}

void client(Errors& e, const reg::WebhookClientConfig& c, const Path& at) {
  if (c.url.has_value() == static_cast<bool>(c.service))
    return e.required(at, "exactly one of url or service is required");
  if (c.url) {
    if (!starts_with(*c.url, "https://")) {
      size_t colon = c.url->view().find("://");
      std::string_view scheme = colon == std::string_view::npos ? "" : c.url->view().substr(0, colon);
      e.invalid(at / "url", scheme, "'https' is the only allowed URL scheme; desired format: https://host[/path]");
    }
    return;
  }
  const reg::ServiceReference& s = *c.service;
  Path here = at / "service";
  if (s.name.empty()) e.required(here / "name", "service name is required");
  if (s.namespace_.empty()) e.required(here / "namespace", "service namespace is required");
  for (const std::string& bad : port_number(s.port.value_or(443)))
    e.invalid(here / "port", Value::of(s.port.value_or(443)), cat("port is not valid: ", bad));
  if (s.path && !starts_with(*s.path, "/")) e.invalid(here / "path", *s.path, "must start with a '/'");
}

void review_versions(Errors& e, const List<Str>& versions, const Path& at) {
  if (versions.empty()) return e.required(at, "must specify one of v1, v1beta1");
  std::set<Str> seen;
  for (uint32_t i = 0; i < versions.size(); ++i) {
    if (!seen.insert(versions[i]).second)
      e.invalid(at.index(i), versions[i], "duplicate version");
    else
      e.invalid_each(at.index(i), versions[i], dns1035_label(versions[i]));
  }
  if (!seen.count("v1") && !seen.count("v1beta1"))
    e.invalid(at, list_value(versions), "must include at least one of v1, v1beta1");
}

void conditions(Errors& e, const List<reg::MatchCondition>& list, const Path& at) {
  for (uint32_t i = 0; i < list.size(); ++i) {
    if (list[i].expression.empty()) e.required(at.index(i) / "expression");
    if (list[i].name.empty()) e.required(at.index(i) / "name");
  }
}

template <class Hook>
void hook(Errors& e, const Hook& h, const Path& at) {
  domain_of_three(e, h.name, at / "name");
  for (uint32_t i = 0; i < h.rules.size(); ++i) rule(e, h.rules[i], (at / "rules").index(i));
  if (h.failurePolicy) e.one_of(at / "failurePolicy", *h.failurePolicy, {"Fail", "Ignore"});
  if (h.matchPolicy) e.one_of(at / "matchPolicy", *h.matchPolicy, {"Equivalent", "Exact"});
  if (!h.sideEffects)
    e.required(at / "sideEffects", "must specify one of None, NoneOnDryRun");
  else
    e.one_of(at / "sideEffects", *h.sideEffects, {"None", "NoneOnDryRun"});
  if (h.timeoutSeconds && (*h.timeoutSeconds < 1 || *h.timeoutSeconds > kTimeoutSecondsMax))
    e.invalid(at / "timeoutSeconds", Value::of(*h.timeoutSeconds),
              "the timeout value must be between 1 and 30 seconds");
  if (h.namespaceSelector) check_label_selector(e, *h.namespaceSelector, at / "namespaceSelector");
  if (h.objectSelector) check_label_selector(e, *h.objectSelector, at / "objectSelector");
  if constexpr (std::is_same_v<Hook, reg::MutatingWebhook>)
    if (h.reinvocationPolicy) e.one_of(at / "reinvocationPolicy", *h.reinvocationPolicy, {"IfNeeded", "Never"});
  client(e, h.clientConfig, at / "clientConfig");
  conditions(e, h.matchConditions, at / "matchConditions");
  review_versions(e, h.admissionReviewVersions, at / "admissionReviewVersions");
}

template <class Configuration>
void configuration(Errors& e, const Configuration& c) {
  std::set<Str> names;
  for (uint32_t i = 0; i < c.webhooks.size(); ++i) {
    Path at = Path("webhooks").index(i);
    hook(e, c.webhooks[i], at);
    if (!c.webhooks[i].name.empty() && !names.insert(c.webhooks[i].name).second)
      e.duplicate(at / "name", Value::of(c.webhooks[i].name));
  }
}

void match_rules(Errors& e, const reg::MatchResources& m, const Path& at, bool required) {
  if (required && m.resourceRules.empty()) e.required(at / "resourceRules");
  for (uint32_t i = 0; i < m.resourceRules.size(); ++i) rule(e, m.resourceRules[i], (at / "resourceRules").index(i));
  for (uint32_t i = 0; i < m.excludeResourceRules.size(); ++i)
    rule(e, m.excludeResourceRules[i], (at / "excludeResourceRules").index(i));
  if (m.matchPolicy) e.one_of(at / "matchPolicy", *m.matchPolicy, {"Equivalent", "Exact"});
  if (m.namespaceSelector) check_label_selector(e, *m.namespaceSelector, at / "namespaceSelector");
  if (m.objectSelector) check_label_selector(e, *m.objectSelector, at / "objectSelector");
}

}  // namespace

void check(Errors& e, const admissionregistration_v1::MutatingWebhookConfiguration& c) { configuration(e, c); }
void check(Errors& e, const admissionregistration_v1::ValidatingWebhookConfiguration& c) { configuration(e, c); }

void check(Errors& e, const admissionregistration_v1::ValidatingAdmissionPolicy& p) {
  Path at("spec");
  if (p.spec.failurePolicy) e.one_of(at / "failurePolicy", *p.spec.failurePolicy, {"Fail", "Ignore"});
  if (!p.spec.matchConstraints)
    e.required(at / "matchConstraints");
  else
    match_rules(e, *p.spec.matchConstraints, at / "matchConstraints", true);
  conditions(e, p.spec.matchConditions, at / "matchConditions");
  if (p.spec.validations.empty() && p.spec.auditAnnotations.empty()) {
    e.required(at / "validations", "validations or auditAnnotations must contain at least one item");
    e.required(at / "auditAnnotations", "validations or auditAnnotations must contain at least one item");
  }
  for (uint32_t i = 0; i < p.spec.validations.size(); ++i)
    if (trim(p.spec.validations[i].expression).empty())
      e.required((at / "validations").index(i) / "expression", "expression is not specified");
}

void check(Errors& e, const admissionregistration_v1::ValidatingAdmissionPolicyBinding& b) {
  Path at("spec");
  if (b.spec.policyName.empty()) e.required(at / "policyName");
  if (b.spec.matchResources) match_rules(e, *b.spec.matchResources, at / "matchResources", false);
  if (b.spec.validationActions.empty()) e.required(at / "validationActions");
  for (uint32_t i = 0; i < b.spec.validationActions.size(); ++i)
    e.one_of((at / "validationActions").index(i), b.spec.validationActions[i], {"Audit", "Deny", "Warn"});
  if (b.spec.validationActions.contains(Str("Deny")) && b.spec.validationActions.contains(Str("Warn")))
    e.invalid(at / "validationActions", list_value(b.spec.validationActions),
              "must not contain both Deny and Warn (repeating the same validation failure information in the API "
              "response and headers serves no purpose)");
}

void check(Errors& e, const flowcontrol_v1::FlowSchema& f) {
  constexpr int32_t kPrecedenceMax = 10000;
  Path at("spec");
  if (f.spec.matchingPrecedence < 1)
    e.invalid(at / "matchingPrecedence", Value::of(f.spec.matchingPrecedence), "must be a positive value");
  if (f.spec.matchingPrecedence > kPrecedenceMax)
    e.invalid(at / "matchingPrecedence", Value::of(f.spec.matchingPrecedence), "must not be greater than 10000");
  if (f.spec.distinguisherMethod)
    e.one_of(at / "distinguisherMethod" / "type", f.spec.distinguisherMethod->type, {"ByNamespace", "ByUser"});
  if (f.spec.priorityLevelConfiguration.name.empty())
    e.required(at / "priorityLevelConfiguration" / "name", "must reference a priority level");
  for (uint32_t i = 0; i < f.spec.rules.size(); ++i) {
    Path here = (at / "rules").index(i);
    if (f.spec.rules[i].subjects.empty()) e.required(here / "subjects", "subjects must contain at least one value");
    if (f.spec.rules[i].resourceRules.empty() && f.spec.rules[i].nonResourceRules.empty())
      e.required(here, "at least one of resourceRules and nonResourceRules has to be non-empty");
  }
}

void check(Errors& e, const flowcontrol_v1::PriorityLevelConfiguration& p) {
  Path at("spec");
  e.one_of(at / "type", p.spec.type, {"Exempt", "Limited"});
  if (p.spec.type == "Exempt" && p.spec.limited) e.forbidden(at / "limited", "must be nil if the type is not Limited");
  if (p.spec.type == "Limited" && p.spec.exempt) e.forbidden(at / "exempt", "must be nil if the type is Limited");
  if (p.spec.type == "Limited" && !p.spec.limited) e.required(at / "limited", "must not be empty when type is Limited");
}

void check(Errors& e, const apiregistration_v1::APIService& a) {
  Path at("spec");
  const Str name(cat(a.spec.version, '.', a.spec.group));  // "v1." of the core group
  if (a.metadata.name != name)
    e.invalid(Path("metadata") / "name", a.metadata.name,
              cat("must be `spec.version+\".\"+spec.group`: ", orrery::quoted(name)));
  constexpr int32_t kGroupPriorityMax = 20000, kVersionPriorityMax = 1000;
  if (a.spec.groupPriorityMinimum <= 0 || a.spec.groupPriorityMinimum > kGroupPriorityMax)
    e.invalid(at / "groupPriorityMinimum", Value::of(a.spec.groupPriorityMinimum),
              "must be positive and less than 20000");
  if (a.spec.versionPriority <= 0 || a.spec.versionPriority > kVersionPriorityMax)
    e.invalid(at / "versionPriority", Value::of(a.spec.versionPriority), "must be positive and less than 1000");
  if (!a.spec.service) return;
  if (a.spec.service->namespace_.empty()) e.required(at / "service" / "namespace");
  if (a.spec.service->name.empty()) e.required(at / "service" / "name");
  if (a.spec.insecureSkipTLSVerify && !a.spec.caBundle.empty())
    e.invalid(at / "insecureSkipTLSVerify", Value::json("true"), "may not be true if caBundle is present");
}

}  // namespace orrery::api::validation
