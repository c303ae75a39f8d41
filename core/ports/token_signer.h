// Signs and checks ServiceAccount tokens (JSON Web Tokens). Natively with an ECDSA key of the state folder; in a
// simulated world, where nobody forges, with a keyed checksum.
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace orrery::ports {

class TokenSigner {
 public:
  virtual ~TokenSigner() = default;
  // "header.payload.signature" of a JSON payload.
  virtual Result<Str> sign(std::string_view payload_json) = 0;
  // The payload of a token that this signer's key made; Unauthorized otherwise. Times and audiences are the caller's.
  virtual Result<Str> verify(std::string_view token) = 0;
  // The key set for /openid/v1/jwks (RFC 7517), and the algorithm that tokens name ("ES256").
  virtual Str jwks() = 0;
  virtual Str algorithm() const = 0;
};

}  // namespace orrery::ports
