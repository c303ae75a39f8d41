// Answers what the API server asks of this node: logs, exec, attach, port-forward, stats. The streams themselves belong
// to the runtime; this finds the container and passes the parts on.
#pragma once

#include <map>
#include <vector>

#include "core/kubelet/node_stats.h"
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
  // Without a dialer port-forward and proxy are refused.
  NodeServer(ports::TaskQueue& queue, ports::ContainerRuntime& runtime, ports::Dialer* dialer,
             const ports::Clock& clock, const PodLookup& pods)
      : queue_(queue), runtime_(runtime), dialer_(dialer), pods_(pods), stats_(queue, runtime, clock) {}
  NodeStats& stats() { return stats_; }
  void copy_from(const NodeServer& other) { stats_.copy_from(other.stats_); }

  // As ports::NodeLink, for this node. Stream ids are the runtime's, those of connections are the dialer's with kDialed
  // set.
  uint64_t call(const ports::NodeRequest& request, ports::ReplyTo reply);
  void input(uint64_t stream, Str bytes);
  void close_input(uint64_t stream);
  void resize(uint64_t stream, uint16_t w, uint16_t h);
  void cancel(uint64_t stream);

 private:
  static constexpr uint64_t kDialed = uint64_t{1} << 63;
  uint64_t dial(const PodState& pod, const ports::NodeRequest& request, ports::ReplyTo reply);
  uint64_t refuse(const ports::ReplyTo& reply, Reason reason, std::string message);

  ports::TaskQueue& queue_;
  ports::ContainerRuntime& runtime_;
  ports::Dialer* dialer_;
  const PodLookup& pods_;
  NodeStats stats_;
};

}  // namespace orrery::kubelet
