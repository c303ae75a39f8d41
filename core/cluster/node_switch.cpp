#include "core/cluster/node_switch.h"

namespace orrery::cluster {

void NodeSwitch::disconnect(const Str& node) {
  servers_.erase(node);
  for (auto it = streams_.begin(); it != streams_.end();)
    it = it->second.node == node ? streams_.erase(it) : std::next(it);
}

void NodeSwitch::copy_streams(const NodeSwitch& other) {
  streams_ = other.streams_;
  next_ = other.next_;
}

uint64_t NodeSwitch::call(Str node, ports::NodeRequest request, ports::ReplyTo reply) {
  auto it = servers_.find(node);
  if (it == servers_.end()) {
    ports::StreamPart end;
    end.end = true;
    end.error = make_error(Reason::InternalError, cat("dial tcp ", node, ":10250: connect: no route to host"));
    queue_.reply(reply, std::move(end));
    return 0;
  }
  uint64_t id = it->second->call(request, reply);
  if (id == 0) return 0;  // already answered
  uint64_t stream = next_++;
  streams_[stream] = {node, id};
  return stream;
}

kubelet::NodeServer* NodeSwitch::server_of(uint64_t stream, uint64_t& id) {
  auto it = streams_.find(stream);
  if (it == streams_.end()) return nullptr;
  auto server = servers_.find(it->second.node);
  id = it->second.id;
  return server == servers_.end() ? nullptr : server->second;
}

void NodeSwitch::input(uint64_t stream, Str bytes) {
  uint64_t id = 0;
  if (auto* s = server_of(stream, id)) s->input(id, std::move(bytes));
}

void NodeSwitch::close_input(uint64_t stream) {
  uint64_t id = 0;
  if (auto* s = server_of(stream, id)) s->close_input(id);
}

void NodeSwitch::resize(uint64_t stream, uint16_t width, uint16_t height) {
  uint64_t id = 0;
  if (auto* s = server_of(stream, id)) s->resize(id, width, height);
}

void NodeSwitch::cancel(uint64_t stream) {
  uint64_t id = 0;
  if (auto* s = server_of(stream, id)) s->cancel(id);
  streams_.erase(stream);
}

}  // namespace orrery::cluster
