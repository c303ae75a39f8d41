#include "runtime_native/http/certificate_signer.h"

#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/base/text.h"
#include "tests/unit/http/test_server.h"

using namespace orrery;

namespace {

// openssl req -new -subj "/O=dev/O=ops/CN=jane" -addext "subjectAltName=DNS:jane.example,IP:10.0.0.7"
constexpr const char* kRequest =
    "-----BEGIN CERTIFICATE REQUEST-----\n"
    "MIIBFjCBvQIBADArMQwwCgYDVQQKDANkZXYxDDAKBgNVBAoMA29wczENMAsGA1UE\n"
    "AwwEamFuZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMtZtA3EBZZ3jbc83T6t\n"
    "YoHk+bGHwWQggvHW0snsAhFn4g3lEfze779Zigji72RJJPVV2NIczAos7rVxmPF5\n"
    "3/OgMDAuBgkqhkiG9w0BCQ4xITAfMB0GA1UdEQQWMBSCDGphbmUuZXhhbXBsZYcE\n"
    "CgAABzAKBggqhkjOPQQDAgNIADBFAiEA0/4vVcwrhhQ/gsd0FH0Y9ApvoXxyCQ+I\n"
    "Ac0mDyV6hqgCIDZ4kGYop77irHQrDFQkMMLADaiKeuuh7br1xry6xn5n\n"
    "-----END CERTIFICATE REQUEST-----\n";

// What `openssl x509 -text` shows.
std::string shown(const Str& pem) {
  BIO* in = BIO_new_mem_buf(pem.view().data(), static_cast<int>(pem.size()));
  X509* cert = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  REQUIRE(cert);
  BIO* out = BIO_new(BIO_s_mem());
  X509_print_ex(out, cert, XN_FLAG_RFC2253, 0);
  X509_free(cert);
  char* data = nullptr;
  const long n = BIO_get_mem_data(out, &data);
  std::string text(data, static_cast<size_t>(n));
  BIO_free(out);
  return text;
}

bool signed_by(const Str& pem, const std::string& ca_pem) {
  BIO* a = BIO_new_mem_buf(pem.view().data(), static_cast<int>(pem.size()));
  BIO* b = BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size()));
  X509* cert = PEM_read_bio_X509(a, nullptr, nullptr, nullptr);
  X509* ca = PEM_read_bio_X509(b, nullptr, nullptr, nullptr);
  const bool ok = cert && ca && X509_verify(cert, X509_get0_pubkey(ca)) == 1;
  X509_free(cert);
  X509_free(ca);
  BIO_free(a);
  BIO_free(b);
  return ok;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("CaCertificateSigner: reads who asks, and for which names") {
  http::CaCertificateSigner signer(http_test::test_pki().ca);
  auto request = signer.read(kRequest);
  REQUIRE(request.ok());
  CHECK(request->common_name == "jane");
  CHECK(request->organisations == List<Str>{"dev", "ops"});
  CHECK(request->dns_names == List<Str>{"jane.example"});
  CHECK(request->ip_addresses == List<Str>{"10.0.0.7"});
  CHECK(request->other_names == 0);
  CHECK_FALSE(signer.read("rubbish").ok());
  std::string changed = kRequest;
  changed[120] = changed[120] == 'A' ? 'B' : 'A';
  CHECK_FALSE(signer.read(changed).ok());
}

TEST_CASE("CaCertificateSigner: a certificate has the subject, the names, the usages and the life asked for") {
  const http::Pki& pki = http_test::test_pki();
  http::CaCertificateSigner signer(pki.ca);
  const WallTime now = host::RealClock().now();
  auto cert = signer.sign(kRequest, {"digital signature", "key encipherment", "client auth"}, seconds(3600), now);
  REQUIRE(cert.ok());
  CHECK(signed_by(*cert, pki.ca.cert_pem));
  const std::string text = shown(*cert);
  CHECK(has(text, "CN=jane,O=ops,O=dev"));
  CHECK(has(text, "DNS:jane.example, IP Address:10.0.0.7"));
  CHECK(has(text, "Digital Signature, Key Encipherment"));
  CHECK(has(text, "TLS Web Client Authentication"));
  CHECK_FALSE(has(text, "TLS Web Server Authentication"));
  CHECK(has(text, "CA:FALSE"));
  CHECK_FALSE(signer.sign(kRequest, {"time travel"}, seconds(3600), now).ok());
  CHECK_FALSE(signer.sign("rubbish", {"client auth"}, seconds(3600), now).ok());
}
