// Signs certificate requests with the cluster's certificate authority.
#pragma once

#include <memory>

#include "core/ports/certificate_signer.h"
#include "runtime_native/http/pki.h"

namespace orrery::http {

class CaCertificateSigner final : public ports::CertificateSigner {
 public:
  // `ca`: valid PEM (load_or_create_pki gives no other). A certificate never outlives it.
  explicit CaCertificateSigner(KeyPair ca) : ca_(std::move(ca)) {}
  Result<ports::CertificateRequest> read(std::string_view request_pem) const override;
  Result<Str> sign(std::string_view request_pem, const List<Str>& usages, Duration life, WallTime now) const override;

 private:
  KeyPair ca_;
};

}  // namespace orrery::http
