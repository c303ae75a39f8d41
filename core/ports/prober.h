// Network probes made from a node: HTTP GET, TCP connect. Exec probes go through the container runtime.
#pragma once

#include "core/base/result.h"
#include "core/ports/task.h"

namespace orrery::ports {

struct HttpProbe {
  Str scheme, host, path;   // "HTTP" or "HTTPS"
  int32_t port = 0;
  Map<Str> headers;
  Duration timeout;
};

struct ProbeOutcome {
  bool success = false;
  bool answered = false;    // an HTTP response came, whatever its status
  Str message;              // "HTTP probe failed with statuscode: 500", "dial tcp 10.0.0.1:80: connect: connection refused"
};

class Prober {
 public:
  virtual ~Prober() = default;
  // ProbeOutcome each; a time-out is an outcome, not an error.
  virtual void http(HttpProbe probe, ReplyTo reply) = 0;
  virtual void tcp(Str host, int32_t port, Duration timeout, ReplyTo reply) = 0;
  virtual void grpc(Str host, int32_t port, Str service, Duration timeout, ReplyTo reply) = 0;
};

}  // namespace orrery::ports
