// Source: printers.go printMutatingWebhook, printValidatingAdmissionPolicy, printFlowSchema,
// printPriorityLevelConfiguration; kube-aggregator pkg/registry/apiservice/etcd/etcd.go.
#include "core/api/gen/admissionregistration_v1.h"
#include "core/api/gen/apiregistration_v1.h"
#include "core/api/gen/flowcontrol_v1.h"
#include "core/apiserver/printers/printer.h"

namespace orrery::apiserver {

namespace {

using namespace api::admissionregistration_v1;
using api::apiregistration_v1::APIService;
using api::flowcontrol_v1::FlowSchema;
using api::flowcontrol_v1::PriorityLevelConfiguration;

template <class Configuration>
void hooks_cells(const Configuration& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.number(o.webhooks.size());
  out.age(o.metadata.creationTimestamp, now);
}

void admission_policy_cells(const ValidatingAdmissionPolicy& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.number(o.spec.validations.size());
  out.text(o.spec.paramKind ? cat(o.spec.paramKind->apiVersion, '/', o.spec.paramKind->kind) : "<unset>");
  out.age(o.metadata.creationTimestamp, now);
}

void policy_binding_cells(const ValidatingAdmissionPolicyBinding& o, WallTime now, Cells& out) {
  std::string ref = "<unset>";
  if (o.spec.paramRef && !o.spec.paramRef->name.empty())
    ref = o.spec.paramRef->namespace_.empty() ? o.spec.paramRef->name.str()
                                              : cat(o.spec.paramRef->namespace_, '/', o.spec.paramRef->name);
  else if (o.spec.paramRef && o.spec.paramRef->selector)
    ref = format_selector(o.spec.paramRef->selector);
  out.text(o.metadata.name);
  out.text(o.spec.policyName);
  out.text(ref);
  out.age(o.metadata.creationTimestamp, now);
}

void flow_cells(const FlowSchema& o, WallTime now, Cells& out) {
  std::string_view dangling = "?";
  for (const auto& c : o.status.conditions)
    if (c.type == "Dangling") dangling = c.status;
  out.text(o.metadata.name);
  out.text(o.spec.priorityLevelConfiguration.name);
  out.number(o.spec.matchingPrecedence);
  out.text(o.spec.distinguisherMethod ? o.spec.distinguisherMethod->type.view() : std::string_view("<none>"));
  out.age(o.metadata.creationTimestamp, now);
  out.text(dangling);
}

void level_cells(const PriorityLevelConfiguration& o, WallTime now, Cells& out) {
  auto number = [&](std::optional<int32_t> n) { n ? out.text(std::to_string(*n)) : out.text("<none>"); };
  std::optional<int32_t> shares, queues, hand, length;
  if (o.spec.exempt) shares = o.spec.exempt->nominalConcurrencyShares;
  if (o.spec.limited) {
    shares = o.spec.limited->nominalConcurrencyShares;
    if (o.spec.limited->limitResponse.queuing) {
      queues = o.spec.limited->limitResponse.queuing->queues;
      hand = o.spec.limited->limitResponse.queuing->handSize;
      length = o.spec.limited->limitResponse.queuing->queueLengthLimit;
    }
  }
  out.text(o.metadata.name);
  out.text(o.spec.type);
  number(shares);
  number(queues);
  number(hand);
  number(length);
  out.age(o.metadata.creationTimestamp, now);
}

void api_service_cells(const APIService& o, WallTime now, Cells& out) {
  std::string available = "Unknown";
  for (const auto& c : o.status.conditions)
    if (c.type == "Available") available = c.status == "True" ? "True" : cat(c.status, " (", c.reason, ")");
  out.text(o.metadata.name);
  out.text(o.spec.service ? cat(o.spec.service->namespace_, '/', o.spec.service->name) : "Local");
  out.text(available);
  out.age(o.metadata.creationTimestamp, now);
}

}  // namespace

void add_extension_printers(std::vector<Printer>& all) {
  std::vector<Column> hooks{kName, number_column("Webhooks"), kAge};
  all.push_back(printer<MutatingWebhookConfiguration, hooks_cells<MutatingWebhookConfiguration>>(hooks));
  all.push_back(printer<ValidatingWebhookConfiguration, hooks_cells<ValidatingWebhookConfiguration>>(hooks));
  all.push_back(printer<ValidatingAdmissionPolicy, admission_policy_cells>(
      {kName, number_column("Validations"), text_column("ParamKind"), kAge}));
  all.push_back(printer<ValidatingAdmissionPolicyBinding, policy_binding_cells>(
      {kName, text_column("PolicyName"), text_column("ParamRef"), kAge}));
  all.push_back(
      printer<FlowSchema, flow_cells>({kName, text_column("PriorityLevel"), number_column("MatchingPrecedence"),
                                       text_column("DistinguisherMethod"), kAge, text_column("MissingPL")}));
  all.push_back(printer<PriorityLevelConfiguration, level_cells>(
      {kName, text_column("Type"), text_column("NominalConcurrencyShares"), text_column("Queues"),
       text_column("HandSize"), text_column("QueueLengthLimit"), kAge}));
  all.push_back(
      printer<APIService, api_service_cells>({kName, text_column("Service"), text_column("Available"), kAge}));
}

}  // namespace orrery::apiserver
