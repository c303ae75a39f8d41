// Where a Docker Engine listens, as DOCKER_HOST writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace orrery::docker {

struct EngineAddress {
  std::string path;  // of a unix socket; empty for TCP
  std::string host;
  uint16_t port = 0;

  bool is_unix() const { return !path.empty(); }
  std::string text() const;  // "unix:///var/run/docker.sock", "tcp://10.0.0.1:2375"
};

// Reads "unix://PATH", "/PATH" or "tcp://HOST[:PORT]" (2375 without a port). BadRequest for anything else.
Result<EngineAddress> parse_engine_address(std::string_view text);

// The addresses to try, best first: docker_host alone when it isn't empty (BadRequest when it can't be read), else
// Docker's default socket, then podman's as root and as the user whose runtime folder is given ("" for none).
Result<std::vector<EngineAddress>> engine_candidates(std::string_view docker_host, std::string_view xdg_runtime_dir);

}  // namespace orrery::docker
