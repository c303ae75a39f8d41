#include "runtime_native/docker/engine_address.h"

#include "core/base/text.h"

namespace orrery::docker {
namespace {
constexpr uint16_t kDefaultTcpPort = 2375;
constexpr size_t kUnixPathMax = 107;  // sizeof(sockaddr_un::sun_path) less the final NUL

EngineAddress unix_address(std::string path) {
  EngineAddress address;
  address.path = std::move(path);
  return address;
}

Error bad_address(std::string_view text, std::string_view why) {
  return make_error(Reason::BadRequest, cat("cannot use the engine address ", quoted(text), ": ", why));
}
}  // namespace

std::string EngineAddress::text() const {
  if (is_unix()) return "unix://" + path;
  bool v6 = host.find(':') != std::string::npos;
  return cat("tcp://", v6 ? "[" : "", host, v6 ? "]:" : ":", port);
}

Result<EngineAddress> parse_engine_address(std::string_view text) {
  std::string_view rest = trim(text);
  if (starts_with(rest, "unix://")) rest.remove_prefix(7);
  if (starts_with(rest, "/")) {
    if (rest.size() > kUnixPathMax) return bad_address(text, "the path of a unix socket has at most 107 bytes");
    return unix_address(std::string(rest));
  }
  if (starts_with(rest, "http://"))
    rest.remove_prefix(7);
  else if (starts_with(rest, "tcp://"))
    rest.remove_prefix(6);
  else
    return bad_address(text, "expected unix://PATH or tcp://HOST:PORT");
  while (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);

  EngineAddress address;
  address.port = kDefaultTcpPort;
  size_t colon = rest.rfind(':');
  bool bracketed = !rest.empty() && rest.back() == ']';
  if (colon != std::string_view::npos && !bracketed) {
    int64_t port = 0;
    if (!parse_int64(rest.substr(colon + 1), port) || port < 1 || port > 65535)
      return bad_address(text, "the port is not a number from 1 to 65535");
    address.port = static_cast<uint16_t>(port);
    rest = rest.substr(0, colon);
  }
  if (rest.size() > 2 && rest.front() == '[' && rest.back() == ']') rest = rest.substr(1, rest.size() - 2);
  if (rest.empty()) return bad_address(text, "no host");
  address.host = std::string(rest);
  return address;
}

Result<std::vector<EngineAddress>> engine_candidates(std::string_view docker_host, std::string_view xdg_runtime_dir) {
  if (!trim(docker_host).empty()) {
    auto address = parse_engine_address(docker_host);
    if (!address) return address.error();
    return std::vector<EngineAddress>{*address};
  }
  std::vector<EngineAddress> all{unix_address("/var/run/docker.sock"), unix_address("/run/podman/podman.sock")};
  if (!xdg_runtime_dir.empty()) {
    all.push_back(unix_address(cat(xdg_runtime_dir, "/docker.sock")));
    all.push_back(unix_address(cat(xdg_runtime_dir, "/podman/podman.sock")));
  }
  return all;
}

}  // namespace orrery::docker
