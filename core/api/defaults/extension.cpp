// pkg/apis/{admissionregistration,flowcontrol}/v1/defaults.go, kube-aggregator pkg/apis/apiregistration/v1/defaults.go.
#include "core/api/defaults/rules.h"
#include "core/api/gen/admissionregistration_v1.h"
#include "core/api/gen/apiregistration_v1.h"
#include "core/api/gen/flowcontrol_v1.h"

namespace orrery::api::defaults {
namespace {

using namespace admissionregistration_v1;
using namespace flowcontrol_v1;

constexpr int32_t kHttps = 443;

template <class Hook>
void webhook(Hook& w) {
  set_if_unset(w.failurePolicy, "Fail");
  set_if_unset(w.matchPolicy, "Equivalent");
  if (!w.namespaceSelector) w.namespaceSelector.mut();
  if (!w.objectSelector) w.objectSelector.mut();
  set_if_unset(w.timeoutSeconds, 10);
}
void validating(ValidatingWebhook& w) { webhook(w); }
void mutating(MutatingWebhook& w) {
  webhook(w);
  set_if_unset(w.reinvocationPolicy, "Never");
}
void hook_rule(RuleWithOperations& r) { set_if_unset(r.scope, "*"); }
void named_rule(NamedRuleWithOperations& r) { set_if_unset(r.scope, "*"); }
void hook_service(admissionregistration_v1::ServiceReference& s) { set_if_unset(s.port, kHttps); }

void policy(ValidatingAdmissionPolicySpec& s) { set_if_unset(s.failurePolicy, "Fail"); }
void match_resources(MatchResources& m) {
  set_if_unset(m.matchPolicy, "Equivalent");
  if (!m.namespaceSelector) m.namespaceSelector.mut();
  if (!m.objectSelector) m.objectSelector.mut();
}

void flow_schema(FlowSchemaSpec& s) {
  if (s.matchingPrecedence == 0) s.matchingPrecedence = 1000;
}
void exempt(ExemptPriorityLevelConfiguration& e) {
  set_if_unset(e.nominalConcurrencyShares, 0);
  set_if_unset(e.lendablePercent, 0);
}
void limited(LimitedPriorityLevelConfiguration& l) {
  set_if_unset(l.nominalConcurrencyShares, 30);
  set_if_unset(l.lendablePercent, 0);
}
void queuing(QueuingConfiguration& q) {
  if (q.handSize == 0) q.handSize = 8;
  if (q.queues == 0) q.queues = 64;
  if (q.queueLengthLimit == 0) q.queueLengthLimit = 50;
}

void aggregated(apiregistration_v1::ServiceReference& s) { set_if_unset(s.port, kHttps); }

}  // namespace

void add_extension_rules(std::vector<Rule>& rules) {
  rules.insert(rules.end(), {
                                rule<ValidatingWebhook, validating>(),
                                rule<MutatingWebhook, mutating>(),
                                rule<RuleWithOperations, hook_rule>(),
                                rule<NamedRuleWithOperations, named_rule>(),
                                rule<admissionregistration_v1::ServiceReference, hook_service>(),
                                rule<ValidatingAdmissionPolicySpec, policy>(),
                                rule<MatchResources, match_resources>(),
                                rule<FlowSchemaSpec, flow_schema>(),
                                rule<ExemptPriorityLevelConfiguration, exempt>(),
                                rule<LimitedPriorityLevelConfiguration, limited>(),
                                rule<QueuingConfiguration, queuing>(),
                                rule<apiregistration_v1::ServiceReference, aggregated>(),
                            });
}

}  // namespace orrery::api::defaults
