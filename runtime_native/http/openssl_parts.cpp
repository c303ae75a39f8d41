#include "runtime_native/http/openssl_parts.h"

#include <openssl/bn.h>
#include <openssl/rand.h>

namespace orrery::http {

Mem bio_over(std::string_view pem) { return Mem(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

bool set_serial(X509* cert) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] &= 0x7f;
  std::unique_ptr<BIGNUM, Freer<BN_free>> number(BN_bin2bn(bytes, sizeof bytes, nullptr));
  return BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(cert)) != nullptr;
}

}  // namespace orrery::http
