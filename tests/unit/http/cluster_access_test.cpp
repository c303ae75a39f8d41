#include "runtime_native/http/cluster_access.h"

#include <doctest/doctest.h>

#include "core/base/text.h"
#include "runtime_native/host/file.h"
#include "tests/unit/http/test_server.h"

using namespace orrery;
using http_test::temporary_folder;

namespace {

Result<http::ClusterAccess> read(const std::string& folder, const std::string& cluster, const std::string& user,
                                 const char* context = "") {
  std::string text =
      cat("apiVersion: v1\nkind: Config\ncurrent-context: b\ncontexts:\n- {name: a, context: {cluster: x, user: y}}\n",
          "- {name: b, context: {cluster: c, user: u", context, "}}\nclusters:\n- name: c\n  cluster: {", cluster,
          "}\nusers:\n- name: u\n  user: {", user, "}\n");
  REQUIRE(host::write_file_atomic(folder + "/config", text, 0600).ok());
  return http::read_kubeconfig(folder + "/config");
}

std::string error(const std::string& cluster, const std::string& user) {
  return read(temporary_folder(), cluster, user).error().message.str();
}

}  // namespace

TEST_CASE("kubeconfig: the current context's server, namespace, certificates and token") {
  const std::string folder = temporary_folder();
  REQUIRE(host::write_file_atomic(folder + "/ca.pem", "CA", 0600).ok());
  auto access =
      read(folder, "server: 'https://box.example:7443/k8s/c-1/', certificate-authority: ca.pem, tls-server-name: inner",
           cat("client-certificate-data: ", base64_encode("CERT"), ", client-key-data: ", base64_encode("KEY")),
           ", namespace: shop");
  REQUIRE(access.ok());
  CHECK(access->context == "b");
  CHECK(access->ns == "shop");
  const http::RemoteServer& s = access->server;
  CHECK(s.host == "box.example");
  CHECK(s.port == 7443);
  CHECK(s.prefix == "/k8s/c-1");
  CHECK(s.name == "inner");
  CHECK(s.ca_pem == "CA");
  CHECK(s.client_cert_pem == "CERT");
  CHECK(s.client_key_pem == "KEY");
  CHECK(s.token == "");
  CHECK(!s.any_certificate);
}

TEST_CASE("kubeconfig: a token, one in a file, and one of a plugin") {
  const std::string folder = temporary_folder();
  REQUIRE(host::write_file_atomic(folder + "/token", "from-file\n", 0600).ok());
  auto plain = read(folder, "server: 'https://[::1]', insecure-skip-tls-verify: true", "token: abc");
  REQUIRE(plain.ok());
  CHECK(plain->server.host == "::1");
  CHECK(plain->server.port == 443);
  CHECK(plain->server.any_certificate);
  CHECK(plain->server.token == "abc");
  CHECK(read(folder, "server: 'https://h'", "tokenFile: token")->server.token == "from-file");
  auto plugin =
      read(folder, "server: 'https://h'",
           R"(exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, env: [{name: WHO, value: "it's me"}], )"
           R"(args: [-c, 'echo "{\"status\": {\"token\": \"$WHO\"}}"']})");
  REQUIRE(plugin.ok());
  CHECK(plugin->server.token == "it's me");
}

TEST_CASE("kubeconfig: what is wrong is one sentence") {
  CHECK(error("server: 'http://h'", "token: a").find("is not reached over https") != std::string::npos);
  CHECK(error("server: 'https://h', certificate-authority-data: '?'", "token: a")
            .find("certificate-authority-data is not base64") != std::string::npos);
  CHECK(error("server: 'https://h'", "username: a, password: b").find("a user with \"username\" is not understood") !=
        std::string::npos);
  CHECK(
      error("server: 'https://h'", "exec: {command: 'false'}").find("the credential plugin false gave no credential") !=
      std::string::npos);
  CHECK(error("server: [1]", "token: a").find("is not a kubeconfig") != std::string::npos);
  CHECK(!http::read_kubeconfig("/nowhere/config").ok());
}
