// Source: pkg/apis/certificates/validation/validation.go. That a request can be read is seen where certificates are
// signed: this room knows no cryptography.
#include "core/api/validation/kinds.h"
#include "core/base/text.h"

namespace orrery::api::validation {

namespace {

constexpr int32_t kLifeMin_s = 600;
constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE REQUEST-----";

}  // namespace

void check(Errors& e, const certificates_v1::CertificateSigningRequest& c) {
  const Path spec("spec");
  if (c.spec.request.view().find(kBegin) == std::string_view::npos)
    e.invalid(spec / "request", c.spec.request, "PEM block type must be CERTIFICATE REQUEST");
  if (c.spec.usages.empty()) e.required(spec / "usages");
  if (c.spec.signerName.empty())
    e.required(spec / "signerName");
  else if (c.spec.signerName.view().find('/') == std::string_view::npos)
    e.invalid(spec / "signerName", c.spec.signerName,
              "must be a fully qualified domain and path of the form 'example.com/signer-name'");
  if (c.spec.expirationSeconds && *c.spec.expirationSeconds < kLifeMin_s)
    e.invalid(spec / "expirationSeconds", Value::of(*c.spec.expirationSeconds),
              "may not specify a duration less than 600 seconds (10 minutes)");
  bool approved = false, denied = false;
  for (uint32_t i = 0; i < c.status.conditions.size(); ++i) {
    const auto& condition = c.status.conditions[i];
    const Path at = (Path("status") / "conditions").index(i);
    if (condition.type.empty()) e.required(at / "type");
    approved = approved || condition.type == "Approved";
    denied = denied || condition.type == "Denied";
    if ((condition.type == "Approved" || condition.type == "Denied") && approved && denied)
      e.invalid(at / "type", condition.type, "Approved and Denied conditions are mutually exclusive");
  }
}

}  // namespace orrery::api::validation
