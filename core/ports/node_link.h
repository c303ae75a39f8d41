// How the API server reaches a node's kubelet for logs, exec, attach, port-forward and stats: in-process, over a
// simulated link, or through a tunnel that the node opened.
#pragma once

#include "core/ports/api.h"
#include "core/ports/container_runtime.h"

namespace orrery::ports {

struct NodeRequest {
  enum class Verb : uint8_t { Logs, Exec, Attach, PortForward, Stats, Proxy };
  Verb verb = Verb::Logs;
  Str ns, pod, uid, container;
  bool previous = false;
  LogOptions log;
  ExecOptions exec;          // Exec; Attach uses stdin_open and tty
  int32_t port = 0;          // PortForward
  HttpFetch fetch;           // Proxy; its address is the pod's, filled in by the node
  bool want_values = false;  // Stats: answered as values in place of JSON
  Str source;
};

class NodeLink {
 public:
  virtual ~NodeLink() = default;
  // StreamPart tasks; Stats answers one part whose data is the kubelet's summary as JSON. Returns a stream id.
  virtual uint64_t call(Str node, NodeRequest request, ReplyTo reply) = 0;
  virtual void input(uint64_t stream, Str bytes) = 0;
  virtual void close_input(uint64_t stream) = 0;
  virtual void resize(uint64_t stream, uint16_t width, uint16_t height) = 0;
  virtual void cancel(uint64_t stream) = 0;
};

}  // namespace orrery::ports
