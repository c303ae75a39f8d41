// Signs ServiceAccount tokens with the cluster's ECDSA key (ES256).
#pragma once

#include <memory>

#include "core/ports/token_signer.h"
#include "runtime_native/http/pki.h"

namespace orrery::http {

class KeyTokenSigner final : public ports::TokenSigner {
 public:
  // The pki's service account keys must be valid PEM (load_or_create_pki gives no others).
  static Result<std::unique_ptr<KeyTokenSigner>> open(const Pki& pki);
  Result<Str> sign(std::string_view payload_json) override;
  Result<Str> verify(std::string_view token) override;
  Str jwks() override { return jwks_; }
  Str algorithm() const override { return "ES256"; }

 private:
  std::string private_pem_, public_pem_, id_;
  Str jwks_;
};

}  // namespace orrery::http
