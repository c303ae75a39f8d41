// Reads certificate signing requests (PKCS #10) and signs them with the cluster's certificate authority.
#pragma once

#include <string_view>

#include "core/base/list.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace orrery::ports {

struct CertificateRequest {
  Str common_name;
  List<Str> organisations;
  List<Str> dns_names, ip_addresses;
  uint32_t other_names = 0;  // e-mail addresses and URIs
};

class CertificateSigner {
 public:
  virtual ~CertificateSigner() = default;
  // What a PEM block "CERTIFICATE REQUEST" asks for; its own signature has been checked. BadRequest: it can't be read.
  virtual Result<CertificateRequest> read(std::string_view request_pem) const = 0;
  // A PEM certificate with the request's subject, names and key. `usages` as in the API: "client auth", "digital
  // signature", ...; one that isn't known is BadRequest.
  virtual Result<Str> sign(std::string_view request_pem, const List<Str>& usages, Duration life,
                           WallTime now) const = 0;
};

}  // namespace orrery::ports
