// Source: pkg/registry/certificates/certificates/strategy.go
#include "core/api/gen/certificates_v1.h"
#include "core/apiserver/registry/kinds.h"
#include "core/base/stamp.h"

namespace orrery::apiserver {

namespace {

using api::certificates_v1::CertificateSigningRequest;
using RequestCondition = api::certificates_v1::CertificateSigningRequestCondition;

bool is_decision(const RequestCondition& c) { return c.type == "Approved" || c.type == "Denied"; }

// Who asks is what the server knows, not what the request says.
void create_request(const StrategyContext& context, api::MutableObject& object) {
  auto& csr = object.as<CertificateSigningRequest>();
  csr.spec.username = context.writer.user;
  csr.spec.uid = context.writer.uid;
  csr.spec.groups = context.writer.groups;
  csr.spec.extra = {};
}

void date(const List<RequestCondition>& before, WallTime now, RequestCondition& c) {
  const WallTime second = whole_second(now);
  if (!c.lastUpdateTime.is_set()) c.lastUpdateTime = second;
  if (c.lastTransitionTime.is_set()) return;
  const RequestCondition* old = before.find_if([&](const RequestCondition& x) { return x.type == c.type; });
  c.lastTransitionTime = old && old->status == c.status ? old->lastTransitionTime : second;
}

// The decision is changed by /approval, all else by /status; a certificate that is there stays.
void update_request(const StrategyContext& context, api::MutableObject& next, const api::ObjectPtr& old) {
  const auto& before = *old.as<CertificateSigningRequest>();
  auto& csr = next.as<CertificateSigningRequest>();
  csr.spec = before.spec;
  if (context.subresource.empty()) return;
  const bool deciding = context.subresource == "approval";
  List<RequestCondition> conditions;
  for (const RequestCondition& c : before.status.conditions)
    if (is_decision(c) != deciding) conditions.push_back(c);
  for (RequestCondition c : csr.status.conditions) {
    if (is_decision(c) != deciding) continue;
    date(before.status.conditions, context.writer.now, c);
    conditions.push_back(std::move(c));
  }
  csr.status.conditions = std::move(conditions);
  if (deciding || !before.status.certificate.empty()) csr.status.certificate = before.status.certificate;
}

}  // namespace

Strategy certificate_strategy() {
  Strategy s;
  s.type = &api::desc<CertificateSigningRequest>();
  s.create = create_request;
  s.update = update_request;
  return s;
}

}  // namespace orrery::apiserver
