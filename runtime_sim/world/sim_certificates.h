// The certificate authority of a simulated world. It reads real requests (PKCS #10, as openssl writes them), so that
// one manifest serves both worlds, and signs by saying what a signature would vouch for: nobody in the world checks
// one, and the world needs no cryptography. What it makes says that it is simulated, in front of the PEM block (text
// that RFC 7468 lets stand there) and as the block's own bytes.
#pragma once

#include "core/ports/certificate_signer.h"

namespace orrery::sim {

class SimCertificates final : public ports::CertificateSigner {
 public:
  // The request's own signature is not checked.
  Result<ports::CertificateRequest> read(std::string_view request_pem) const override;
  Result<Str> sign(std::string_view request_pem, const List<Str>& usages, Duration life, WallTime now) const override;
};

}  // namespace orrery::sim
