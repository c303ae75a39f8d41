// Answers what the API server asks of this node: logs, exec, attach, port-forward, stats. The streams themselves belong
// to the runtime; this finds the container and passes the parts on.
#pragma once

#include <map>
#include <vector>

#include "core/kubelet/pod_state.h"
#include "core/ports/node_link.h"

namespace orrery::kubelet {

class PodLookup {
 public:
  virtual ~PodLookup() = default;
  virtual const PodState* find_pod(const Str& ns, const Str& name) const = 0;
  virtual std::vector<const PodState*> pods() const = 0;
};

class NodeServer {
 public:
  NodeServer(ports::TaskQueue& queue, ports::ContainerRuntime& runtime, const PodLookup& pods)
      : queue_(queue), runtime_(runtime), pods_(pods) {}

  // As ports::NodeLink, for this node. Stream ids are the runtime's.
  uint64_t call(const ports::NodeRequest& request, ports::ReplyTo reply);
  void input(uint64_t stream, Str bytes) { runtime_.stream_input(stream, std::move(bytes)); }
  void close_input(uint64_t stream) { runtime_.stream_close_input(stream); }
  void resize(uint64_t stream, uint16_t w, uint16_t h) { runtime_.stream_resize(stream, w, h); }
  void cancel(uint64_t stream) { runtime_.stream_cancel(stream); }

 private:
  uint64_t refuse(const ports::ReplyTo& reply, Reason reason, std::string message);

  ports::TaskQueue& queue_;
  ports::ContainerRuntime& runtime_;
  const PodLookup& pods_;
};

}  // namespace orrery::kubelet
