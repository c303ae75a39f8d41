// Routes what the API server asks of a node to that node's kubelet, where both live in one process.
#pragma once

#include <map>

#include "core/kubelet/node_server.h"
#include "core/ports/node_link.h"

namespace orrery::cluster {

class NodeSwitch final : public ports::NodeLink {
 public:
  explicit NodeSwitch(ports::TaskQueue& queue) : queue_(queue) {}

  void connect(const Str& node, kubelet::NodeServer& server) { servers_[node] = &server; }
  void disconnect(const Str& node);

  // The streams of a switch in another world; the servers are connected already.
  void copy_streams(const NodeSwitch& other);
  bool connected(const Str& node) const { return servers_.count(node) > 0; }

  uint64_t call(Str node, ports::NodeRequest request, ports::ReplyTo reply) override;
  void input(uint64_t stream, Str bytes) override;
  void close_input(uint64_t stream) override;
  void resize(uint64_t stream, uint16_t width, uint16_t height) override;
  void cancel(uint64_t stream) override;

 private:
  struct Stream {
    Str node;
    uint64_t id = 0;  // the node's own
  };
  kubelet::NodeServer* server_of(uint64_t stream, uint64_t& id);

  ports::TaskQueue& queue_;
  std::map<Str, kubelet::NodeServer*> servers_;
  std::map<uint64_t, Stream> streams_;
  uint64_t next_ = 1;
};

}  // namespace orrery::cluster
