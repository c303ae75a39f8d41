#include "runtime_native/http/pki.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "runtime_native/host/file.h"
#include "runtime_native/http/kubeconfig.h"
#include "tests/unit/http/test_server.h"

using namespace orrery;
using http_test::temporary_folder;

TEST_CASE("Pki: a second start loads the same files, which only the owner can read") {
  http::PkiOptions options;
  options.dir = temporary_folder() + "/state/pki";
  options.host_name = "box";
  WallTime now = host::RealClock().now();
  Result<http::Pki> first = http::load_or_create_pki(options, now);
  REQUIRE(first.ok());
  Result<http::Pki> second = http::load_or_create_pki(options, now);
  REQUIRE(second.ok());
  CHECK(first->server.cert_pem == second->server.cert_pem);
  CHECK(first->admin.key_pem == second->admin.key_pem);
  CHECK(first->service_account_key_pem == second->service_account_key_pem);
  for (const char* name : {"ca.crt", "ca.key", "server.key", "admin.key", "sa.key"}) {
    struct stat st{};
    REQUIRE(stat((options.dir + "/" + name).c_str(), &st) == 0);
    CHECK((st.st_mode & 0777) == 0600);
  }
}

TEST_CASE("Pki: a leaf is renewed when it ends soon or lacks a name, the CA stays") {
  http::PkiOptions options;
  options.dir = temporary_folder();
  WallTime now = host::RealClock().now();
  http::Pki first = *http::load_or_create_pki(options, now);
  http::Pki later = *http::load_or_create_pki(options, now + seconds(350 * 86'400));
  CHECK(later.ca.cert_pem == first.ca.cert_pem);
  CHECK(later.server.cert_pem != first.server.cert_pem);
  options.extra_sans = {"10.0.0.7"};
  http::Pki named = *http::load_or_create_pki(options, now + seconds(350 * 86'400));
  CHECK(named.server.cert_pem != later.server.cert_pem);
  CHECK(named.admin.cert_pem == later.admin.cert_pem);
}

TEST_CASE("Pki: a broken CA is named and not overwritten") {
  http::PkiOptions options;
  options.dir = temporary_folder();
  WallTime now = host::RealClock().now();
  REQUIRE(http::load_or_create_pki(options, now).ok());
  REQUIRE(host::write_file_atomic(options.dir + "/ca.crt", "rubbish", 0600).ok());
  Result<http::Pki> broken = http::load_or_create_pki(options, now);
  REQUIRE(!broken.ok());
  CHECK(broken.error().message.view().find("ca.crt") != std::string_view::npos);
  CHECK(*host::read_file(options.dir + "/ca.crt") == "rubbish");
}

TEST_CASE("Pki: a token verifies with its key and with no other, and not when changed") {
  const http::Pki& pki = http_test::test_pki();
  std::string kid = *http::key_id(pki.service_account_public_key_pem);
  CHECK(kid.size() == 43);
  std::string token = *http::sign_jwt(pki.service_account_key_pem, kid, R"({"sub":"system:serviceaccount:default:web"})");
  Result<std::string> payload = http::verify_jwt(pki.service_account_public_key_pem, token);
  REQUIRE(payload.ok());
  CHECK(*payload == R"({"sub":"system:serviceaccount:default:web"})");
  std::string changed = token;
  changed[token.find('.') + 5] ^= 1;
  CHECK(!http::verify_jwt(pki.service_account_public_key_pem, changed).ok());
  http::PkiOptions other;
  other.dir = temporary_folder();
  http::Pki stranger = *http::load_or_create_pki(other, host::RealClock().now());
  CHECK(!http::verify_jwt(stranger.service_account_public_key_pem, token).ok());
  CHECK(!http::verify_jwt(pki.service_account_public_key_pem, "a.b").ok());
  CHECK(!http::verify_jwt(pki.service_account_public_key_pem, "").ok());
}

TEST_CASE("Kubeconfig: written whole, mode 0600, over an older one") {
  std::string path = temporary_folder() + "/kubeconfig";
  REQUIRE(host::write_file_atomic(path, "old", 0644).ok());
  http::Kubeconfig config;
  config.server = "https://127.0.0.1:6443";
  config.ca_pem = "CA";
  REQUIRE(http::write_kubeconfig(path, config).ok());
  struct stat st{};
  REQUIRE(stat(path.c_str(), &st) == 0);
  CHECK((st.st_mode & 0777) == 0600);
  std::string text = *host::read_file(path);
  CHECK(text.find("server: https://127.0.0.1:6443\n") != std::string::npos);
  CHECK(text.find("certificate-authority-data: Q0E=\n") != std::string::npos);
}
