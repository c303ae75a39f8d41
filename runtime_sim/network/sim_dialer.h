// Port-forward and proxy to the processes of a simulated node. Simulated processes answer HTTP requests, so a
// connection is read as HTTP/1.1: each request that has come in whole is put to the network, and its answer is written
// back.
#pragma once

#include <map>
#include <string>

#include "core/ports/container_runtime.h"
#include "runtime_sim/network/sim_network.h"

namespace orrery::sim {

constexpr size_t kDialedBytesMax = 1 << 20;  // of one request

class SimDialer final : public ports::Dialer {
 public:
  SimDialer(ports::TaskQueue& queue, SimNetwork& network, Str node)
      : queue_(queue), network_(network), node_(std::move(node)) {}

  void copy_from(const SimDialer& other) {
    next_ = other.next_;
    open_ = other.open_;
  }

  uint64_t connect(Str address, int32_t port, ports::ReplyTo reply) override;
  void send(uint64_t stream, Str bytes) override;
  void close_input(uint64_t stream) override;
  void cancel(uint64_t stream) override { open_.erase(stream); }
  void fetch(ports::HttpFetch fetch, ports::ReplyTo reply) override;

 private:
  struct Connection {
    Str address;
    int32_t port = 0;
    ports::ReplyTo reply;
    std::string received;
  };
  NetRequest request_to(const Str& address, int32_t port) const;
  bool take_request(Connection& c);
  void later(const ports::ReplyTo& to, ports::StreamPart part, Duration after);
  void say(const Connection& c, Str data, bool end, Duration after);

  ports::TaskQueue& queue_;
  SimNetwork& network_;
  Str node_;
  uint64_t next_ = 1;
  std::map<uint64_t, Connection> open_;
};

}  // namespace orrery::sim
