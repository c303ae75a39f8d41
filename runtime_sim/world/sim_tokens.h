// ServiceAccount tokens of a simulated world. They have the form of the real ones, with a keyed checksum in place of a
// signature: nobody in the world forges, and the world needs no cryptography.
#pragma once

#include "core/ports/token_signer.h"

namespace orrery::sim {

class SimTokens final : public ports::TokenSigner {
 public:
  Result<Str> sign(std::string_view payload_json) override;
  Result<Str> verify(std::string_view token) override;
  Str jwks() override { return "{\"keys\":[]}"; }  // a checksum's key is not published
  Str algorithm() const override { return "FNV"; }
};

}  // namespace orrery::sim
