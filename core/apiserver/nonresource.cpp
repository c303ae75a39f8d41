#include "core/apiserver/nonresource.h"

#include <set>

#include "core/apiserver/errors.h"
#include "core/apiserver/tokens.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

Answer plain_text(int status, std::string body) {
  Answer a;
  a.status = status;
  a.body = Str(body);
  a.content_type = "text/plain; charset=utf-8";
  return a;
}

Answer version(const Options& options) {
  // "v1.35.0" -> major 1, minor 35
  std::vector<std::string> parts = split(options.git_version.view().substr(1), '.');
  Answer a;
  a.body =
      Str(cat("{\n  \"major\": \"", parts[0], "\",\n  \"minor\": \"", parts.size() > 1 ? parts[1] : "0",
              "\",\n  \"emulationMajor\": \"", parts[0], "\",\n  \"emulationMinor\": \"", parts[1],
              "\",\n  \"gitVersion\": \"", options.git_version,
              "\",\n  \"gitCommit\": \"\",\n  \"gitTreeState\": \"\",\n  \"buildDate\": \"\",\n  \"goVersion\": \"\",\n"
              "  \"compiler\": \"\",\n  \"platform\": \"",
              options.platform, "\"\n}"));
  a.content_type = "application/json";
  return a;
}

// Source: apiserver pkg/server/healthz/healthz.go
Answer health(const CallRecord& call) {
  std::string_view path = call.request->path;
  std::string name(
      path.substr(1, path.find('/', 1) == std::string_view::npos ? std::string_view::npos : path.find('/', 1) - 1));
  static constexpr std::string_view kChecks[] = {"ping", "log", "etcd", "poststarthook/bootstrap-objects"};
  if (path.size() > name.size() + 1) {
    std::string_view check = path.substr(name.size() + 2);
    for (std::string_view c : kChecks)
      if (c == check) return plain_text(200, "ok");
    return plain_text(404, "404 page not found\n");
  }
  if (!call.request->has_param("verbose")) return plain_text(200, "ok");
  std::string out;
  for (std::string_view c : kChecks) out += cat("[+]", c, " ok\n");
  return plain_text(200, cat(out, name, " check passed\n"));
}

// Source: pkg/serviceaccount/openidmetadata.go
Answer openid_configuration(const ports::TokenSigner& tokens) {
  Answer a;
  a.content_type = "application/json";
  a.body = cat("{\"issuer\":\"", kTokenIssuer, "\",\"jwks_uri\":\"", kTokenIssuer,
               "/openid/v1/jwks\",\"response_types_supported\":[\"id_token\"],\"subject_types_supported\":[\"public\"],"
               "\"id_token_signing_alg_values_supported\":[\"",
               tokens.algorithm(), "\"]}");
  return a;
}

// Source: apiserver pkg/server/routes/index.go
Answer index(const Options& options, const CustomKinds& custom) {
  std::set<std::string> paths{"/api",           "/api/v1",          "/apis",   "/healthz", "/livez", "/openapi/v2",
                              "/openapi/v3",    "/readyz",          "/version"};
  if (options.tokens) {
    paths.insert("/.well-known/openid-configuration");
    paths.insert("/openid/v1/jwks");
  }
  auto add = [&](const KindInfo& kind) {
    if (kind.group.empty()) return;
    paths.insert(cat("/apis/", kind.group));
    paths.insert(cat("/apis/", kind.group, '/', kind.version));
  };
  for (const KindInfo& kind : api::all_kinds()) add(kind);
  for (const CustomKinds::TypePtr& type : custom.all()) add(type->kind());
  std::string body = "{\n  \"paths\": [";
  bool first = true;
  for (const std::string& path : paths) {
    body += cat(first ? "" : ",", "\n    \"", path, '"');
    first = false;
  }
  Answer a;
  a.body = Str(body + "\n  ]\n}");
  a.content_type = "application/json";
  return a;
}

}  // namespace

Answer answer_nonresource(const CallRecord& call, const Options& options, const CustomKinds& custom,
                          Documents& documents) {
  std::string_view path = call.request->path;
  if (call.request->method != "GET" && call.request->method != "HEAD") return not_served();
  if (path == "/") return index(options, custom);
  if (path == "/version" || path == "/version/") return version(options);
  for (std::string_view prefix : {"/healthz", "/livez", "/readyz"})
    if (path == prefix || starts_with(path, cat(prefix, '/'))) return health(call);
  if (options.tokens && path == "/.well-known/openid-configuration") return openid_configuration(*options.tokens);
  if (options.tokens && path == "/openid/v1/jwks") {
    Answer a;
    a.content_type = "application/jwk-set+json";
    a.body = options.tokens->jwks();
    return a;
  }
  if (auto a = answer_discovery(call, options, custom)) return *a;
  if (auto a = answer_openapi(call, custom, documents)) return *a;
  return not_served();
}

}  // namespace orrery::apiserver
