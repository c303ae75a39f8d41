#include "runtime_sim/world/sim_certificates.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

using namespace orrery;

namespace {

// openssl req -subj "/O=dev/CN=jane"
constexpr const char* kJane =
    "-----BEGIN CERTIFICATE REQUEST-----\n"
    "MIHWMH8CAQAwHTEMMAoGA1UECgwDZGV2MQ0wCwYDVQQDDARqYW5lMFkwEwYHKoZI\n"
    "zj0CAQYIKoZIzj0DAQcDQgAE66ze09iVErSKykl1a7uWWX5nKUVyaAOdRXDH+dh9\n"
    "wRcVdhLfVfwQLo4DX1H9JtG1vQBXWOJNc26R8SB3KWqR0aAAMAoGCCqGSM49BAMC\n"
    "A0cAMEQCIF6KSZYTQUdPuSYFwN8AudYKFMzrcY0KPvhZCZTlNc0KAiAfGsJ0K5tt\n"
    "j1C401HhN33BNUNufDLZjVLgHE876lLjkw==\n"
    "-----END CERTIFICATE REQUEST-----\n";

// openssl req -subj "/O=system:nodes/CN=system:node:node-1" -addext "subjectAltName=DNS:node-1,IP:192.168.1.10"
constexpr const char* kServing =
    "-----BEGIN CERTIFICATE REQUEST-----\n"
    "MIIBGDCBwAIBADA0MRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxGzAZBgNVBAMMEnN5\n"
    "c3RlbTpub2RlOm5vZGUtMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJae9eaH\n"
    "9WLsymksyWaQM0OgElcHSAoDobU4DT8I3BJdVJjjcK9GTP9gEFcgrZX63UUHn1BH\n"
    "zSDs+vuaFG8JdGKgKjAoBgkqhkiG9w0BCQ4xGzAZMBcGA1UdEQQQMA6CBm5vZGUt\n"
    "MYcEwKgBCjAKBggqhkjOPQQDAgNHADBEAiA0jcJKu83wF1YzmX5yg140RvC/7wS0\n"
    "rQPDPn14Mub++gIgIk91IgAOW0AiZDzKito/P6tF018IAon4+nbImpkpDXg=\n"
    "-----END CERTIFICATE REQUEST-----\n";

}  // namespace

TEST_CASE("SimCertificates: reads what openssl wrote") {
  const sim::SimCertificates signer;
  auto jane = signer.read(kJane);
  REQUIRE(jane.ok());
  CHECK(jane->common_name == "jane");
  REQUIRE(jane->organisations.size() == 1);
  CHECK(jane->organisations[0] == "dev");
  CHECK(jane->dns_names.empty());
  auto serving = signer.read(kServing);
  REQUIRE(serving.ok());
  CHECK(serving->common_name == "system:node:node-1");
  REQUIRE(serving->dns_names.size() == 1);
  CHECK(serving->dns_names[0] == "node-1");
  REQUIRE(serving->ip_addresses.size() == 1);
  CHECK(serving->ip_addresses[0] == "192.168.1.10");
  CHECK(serving->other_names == 0);
}

TEST_CASE("SimCertificates: what cannot be read is refused, wherever it is cut") {
  const sim::SimCertificates signer;
  CHECK(!signer.read("").ok());
  CHECK(!signer.read("-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n").ok());
  const std::string whole = kServing;
  const size_t begin = whole.find('\n') + 1, end = whole.find("-----END");
  std::string der, text = whole.substr(begin, end - begin);
  REQUIRE(base64_decode(replace_all(text, "\n", ""), der));
  for (size_t n = 0; n < der.size(); ++n)
    CHECK(!signer.read(cat("-----BEGIN CERTIFICATE REQUEST-----\n", base64_encode(der.substr(0, n)), "\n-----END CERTIFICATE REQUEST-----\n")).ok());
}

TEST_CASE("SimCertificates: a certificate names subject, usages and expiry, and says that it is simulated") {
  const sim::SimCertificates signer;
  auto signed_pem = signer.sign(kServing, {"digital signature", "server auth"}, minutes(60), WallTime{1'700'000'000'000'000'000});
  REQUIRE(signed_pem.ok());
  const std::string pem = signed_pem->str();
  const size_t begin = pem.find("-----BEGIN CERTIFICATE-----\n"), end = pem.find("-----END CERTIFICATE-----\n");
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  std::string inside;
  REQUIRE(base64_decode(replace_all(pem.substr(begin + 28, end - begin - 28), "\n", ""), inside));
  CHECK(inside == pem.substr(0, begin));
  CHECK(inside ==
        "Simulated certificate: no cryptography, worth nothing outside its world.\n"
        "Issuer: CN=simulated cluster CA\n"
        "Subject: O=system:nodes, CN=system:node:node-1\n"
        "Subject Alternative Names: node-1, 192.168.1.10\n"
        "Usages: digital signature, server auth\n"
        "Not Before: 2023-11-14T22:08:20Z\n"
        "Not After: 2023-11-14T23:13:20Z\n");
  CHECK(!signer.sign(kServing, {"flying"}, minutes(60), {}).ok());
}
