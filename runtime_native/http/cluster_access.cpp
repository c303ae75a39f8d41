#include "runtime_native/http/cluster_access.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/api/yaml.h"
#include "core/base/text.h"
#include "runtime_native/host/file.h"

namespace orrery::http {
namespace {

using nlohmann::json;

constexpr size_t kPluginOutputMax = 1 << 20;

Error wrong(std::string why) { return make_error(Reason::Invalid, Str(why)); }

// The item of a list of {name, <field>: {...}}, or null.
json named(const json& file, const char* list, const char* field, const std::string& name) {
  const json items = file.value(list, json::array());
  if (!items.is_array()) return nullptr;
  for (const json& item : items)
    if (item.is_object() && item.value("name", "") == name) return item.value(field, json());
  return nullptr;
}

class File {
 public:
  explicit File(const std::string& path) : path_(path) {}

  Result<ClusterAccess> read() {
    auto text = host::read_file(path_);
    if (!text) return text.error();
    auto parsed = api::yaml_to_dom(*text);
    if (!parsed) return wrong(cat(path_, ": ", parsed.error().message));
    ClusterAccess out;
    out.context = parsed->is_object() ? parsed->value("current-context", "") : "";
    if (out.context.empty()) return wrong(cat(path_, ": no current-context is set"));
    const json context = named(*parsed, "contexts", "context", out.context);
    if (!context.is_object()) return wrong(cat(path_, ": there is no context ", orrery::quoted(out.context)));
    out.ns = context.value("namespace", "");
    const json cluster = named(*parsed, "clusters", "cluster", context.value("cluster", ""));
    if (!cluster.is_object())
      return wrong(cat(path_, ": there is no cluster ", orrery::quoted(context.value("cluster", ""))));
    const json user = named(*parsed, "users", "user", context.value("user", ""));
    Result<void> done = read_cluster(cluster, out);
    if (done.ok() && user.is_object()) done = read_user(user, out);
    if (!done) return done.error();
    return out;
  }

 private:
  // `name`-data holds base64, `name` a path.
  Result<void> pem(const json& from, const std::string& name, std::string& out) const {
    if (std::string data = from.value(name + "-data", ""); !data.empty()) {
      if (base64_decode(data, out)) return {};
      return wrong(cat(path_, ": ", name, "-data is not base64"));
    }
    return file(from.value(name, ""), out);
  }
  Result<void> file(std::string path, std::string& out) const {
    if (path.empty()) return {};
    if (path[0] != '/' && path_.find('/') != std::string::npos) path = path_.substr(0, path_.rfind('/') + 1) + path;
    auto text = host::read_file(path);
    if (!text) return text.error();
    out = *text;
    return {};
  }
  Result<void> read_cluster(const json& cluster, ClusterAccess& out) const {
    RemoteServer& server = out.server;
    out.url = cluster.value("server", "");
    if (!starts_with(out.url, "https://"))
      return wrong(cat(path_, ": the server ", orrery::quoted(out.url), " is not reached over https"));
    std::string rest = out.url.substr(8);
    if (size_t slash = rest.find('/'); slash != std::string::npos) {
      server.prefix = rest.substr(slash);
      while (ends_with(server.prefix, "/")) server.prefix.pop_back();
      rest.resize(slash);
    }
    int64_t port = 443;
    size_t colon = rest.rfind(':');
    if (colon != std::string::npos && rest.find(']', colon) == std::string::npos) {
      if (!parse_int64(rest.substr(colon + 1), port) || port < 1 || port > 65535)
        return wrong(cat(path_, ": ", out.url, " names no port"));
      rest.resize(colon);
    }
    if (rest.size() > 1 && rest.front() == '[' && rest.back() == ']') rest = rest.substr(1, rest.size() - 2);
    server.host = rest;
    server.port = static_cast<uint16_t>(port);
    server.name = cluster.value("tls-server-name", "");
    server.any_certificate = cluster.value("insecure-skip-tls-verify", false);
    return pem(cluster, "certificate-authority", server.ca_pem);
  }
  Result<void> read_user(const json& user, ClusterAccess& out) const {
    RemoteServer& server = out.server;
    for (auto [name, to] :
         {std::pair{"client-certificate", &server.client_cert_pem}, std::pair{"client-key", &server.client_key_pem}})
      if (Result<void> done = pem(user, name, *to); !done) return done;
    server.token = user.value("token", "");
    if (server.token.empty())
      if (Result<void> done = file(user.value("tokenFile", ""), server.token); !done) return done;
    server.token = std::string(trim(server.token));
    if (user.contains("exec")) return run_plugin(user["exec"], server);
    for (const char* other : {"auth-provider", "username"})
      if (user.contains(other))
        return wrong(cat(path_, ": a user with ", orrery::quoted(other),
                         " is not understood; certificates, tokens and exec are"));
    return {};
  }
  static std::string shell_quoted(const std::string& word) { return "'" + replace_all(word, "'", "'\\''") + "'"; }
  // A credential plugin prints an ExecCredential. Source: client-go, plugin/pkg/client/auth/exec.
  Result<void> run_plugin(const json& exec, RemoteServer& server) const {
    const std::string version = exec.value("apiVersion", "");
    const json info = {{"kind", "ExecCredential"}, {"apiVersion", version}, {"spec", {{"interactive", false}}}};
    std::string line = "KUBERNETES_EXEC_INFO=" + shell_quoted(info.dump());
    const json env = exec.value("env", json()), args = exec.value("args", json());
    if (env.is_array())
      for (const json& e : env) line += cat(" ", e.value("name", ""), "=", shell_quoted(e.value("value", "")));
    line += " " + shell_quoted(exec.value("command", ""));
    if (args.is_array())
      for (const json& a : args) line += " " + shell_quoted(a.get<std::string>());
    std::FILE* pipe = ::popen((line + " </dev/null").c_str(), "r");
    if (!pipe) return wrong(cat("can't run the credential plugin ", exec.value("command", "")));
    std::string text;
    char piece[4096];
    for (size_t n; text.size() < kPluginOutputMax && (n = std::fread(piece, 1, sizeof piece, pipe)) > 0;)
      text.append(piece, n);
    int status = ::pclose(pipe);
    json answer = json::parse(text, nullptr, false);
    if (status != 0 || !answer.is_object() || !answer.contains("status"))
      return wrong(cat("the credential plugin ", exec.value("command", ""), " gave no credential"));
    const json& credential = answer["status"];
    server.token = credential.value("token", server.token);
    server.client_cert_pem = credential.value("clientCertificateData", server.client_cert_pem);
    server.client_key_pem = credential.value("clientKeyData", server.client_key_pem);
    return {};
  }

  std::string path_;
};

}  // namespace

Result<ClusterAccess> read_kubeconfig(const std::string& path) {
  try {
    return File(path).read();
  } catch (const json::exception&) {  // a value of another type than kubectl writes
    return wrong(cat(path, " is not a kubeconfig"));
  }
}

}  // namespace orrery::http
