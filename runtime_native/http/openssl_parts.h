// OpenSSL's objects as owners, freed when they go out of scope, and what the certificate code does with them everywhere.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string_view>

namespace orrery::http {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Freer<X509_free>>;
using Mem = std::unique_ptr<BIO, Freer<BIO_free_all>>;

// Reads from `pem`, which must outlive it.
Mem bio_over(std::string_view pem);
// A random positive serial number of 127 bits; false when there is no randomness.
bool set_serial(X509* cert);

}  // namespace orrery::http
