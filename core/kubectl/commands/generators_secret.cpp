// Secrets for TLS and registries, tokens of service accounts (kubectl pkg/cmd/create).
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/generators.h"
#include "core/kubectl/resources.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

json secret_of(Context& c, const char* type, json data) {
  return {{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", c.args.words()[0]}}}, {"type", type}, {"data", std::move(data)}};
}

}  // namespace

Step run_create_secret_tls(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "secret tls", step)) return step;
  if (!c.args.has("key") || !c.args.has("cert")) return c.fail("key and cert must be specified");
  json data;
  for (auto [flag, key, what] : {std::tuple<const char*, const char*, const char*>{"cert", "tls.crt", "certificate"}, {"key", "tls.key", "key"}}) {
    std::string text;
    if (!c.files().read(c.args.get(flag), text)) return c.fail(cat("open ", c.args.get(flag), ": no such file or directory"));
    if (text.find("-----BEGIN ") == std::string::npos) return c.fail(cat("tls: failed to find any PEM data in ", what, " input"));
    data[key] = base64_encode(text);
  }
  return create_object(c, secret_of(c, "kubernetes.io/tls", std::move(data)));
}

Step run_create_secret_docker_registry(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "secret docker-registry", step)) return step;
  const std::string user = c.args.get("docker-username"), password = c.args.get("docker-password"), mail = c.args.get("docker-email");
  const std::string server = c.args.get("docker-server", "https://index.docker.io/v1/");
  if (user.empty() || password.empty()) return c.fail("either --from-file or the combination of --docker-username, --docker-password and --docker-server is required");
  const auto text = [](const std::string& word) { return json(word).dump(); };  // the order of fields is kubectl's
  const std::string config = cat("{\"auths\":{", text(server), ":{\"username\":", text(user), ",\"password\":", text(password),
                                 mail.empty() ? "" : cat(",\"email\":", text(mail)), ",\"auth\":", text(base64_encode(cat(user, ":", password))), "}}}");
  return create_object(c, secret_of(c, "kubernetes.io/dockerconfigjson", json{{".dockerconfigjson", base64_encode(config)}}));
}

Step run_create_token(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "token", step)) return step;
  json request{{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenRequest"}, {"spec", json::object()}};
  if (c.args.has("audience")) request["spec"]["audiences"] = c.args.all("audience");
  if (c.args.has("duration")) {
    Duration wanted;
    if (!parse_go_duration(c.args.get("duration"), wanted) || wanted.ns < 0) return c.fail("--duration must be greater than or equal to 0");
    request["spec"]["expirationSeconds"] = wanted.ns / 1'000'000'000;
  }
  const ports::ApiReply* r = c.send("POST", cat("/api/v1/namespaces/", c.ns(), "/serviceaccounts/", c.args.words()[0], "/token"), request.dump());
  if (!r) return Step::Wait;
  json answer;
  if (const Error* e = body_of(*r, answer)) return c.fail(cat("failed to create token: ", e->message));
  c.out(cat(answer.value("/status/token"_json_pointer, std::string())));
  return Step::Done;
}

}  // namespace orrery::kubectl
