// Connections from a node to what its pods listen on, for port-forward and proxy.
#pragma once

#include "core/base/result.h"
#include "core/ports/task.h"

namespace orrery::ports {

struct HttpFetch {
  Str method, scheme, address;  // scheme "http" or "https" (certificates of pods are not checked, as Kubernetes' proxy)
  int32_t port = 80;
  Str target;        // path and query, percent-encoded
  Map<Str> headers;  // lower-case names
  Str body;
  Duration timeout;
};

struct HttpAnswer {
  int32_t status = 200;
  Map<Str> headers;  // lower-case names; those of the connection itself are left out
  Str body;          // at most kFetchBodyMax bytes
};
constexpr uint32_t kFetchBodyMax = 64u << 20;

class Dialer {
 public:
  virtual ~Dialer() = default;
  // StreamPart tasks: an empty one once there is a connection, then what arrives, in order, on channel 1. The last has
  // `end`, and an error when there was no connection ("dial tcp 10.0.0.1:80: connect: connection refused"). Returns the
  // stream's id (never 0).
  virtual uint64_t connect(Str address, int32_t port, ReplyTo reply) = 0;
  virtual void send(uint64_t stream, Str bytes) = 0;
  virtual void close_input(uint64_t stream) = 0;
  virtual void cancel(uint64_t stream) = 0;
  // One StreamPart with `end` and either `http` or an error.
  virtual void fetch(HttpFetch fetch, ReplyTo reply) = 0;
};

}  // namespace orrery::ports
