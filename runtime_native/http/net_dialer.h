// Port-forward and proxy to real addresses: TCP from this machine to a pod's IP.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>

#include "core/ports/container_runtime.h"

namespace orrery::http {

constexpr Duration kDialTimeout = seconds(10);

class NetDialer final : public ports::Dialer {
 public:
  NetDialer(boost::asio::io_context& io, ports::TaskQueue& queue);
  ~NetDialer() override;

  uint64_t connect(Str address, int32_t port, ports::ReplyTo reply) override;
  void send(uint64_t stream, Str bytes) override;
  void close_input(uint64_t stream) override;
  void cancel(uint64_t stream) override;
  void fetch(ports::HttpFetch fetch, ports::ReplyTo reply) override;

 private:
  class Connection;
  std::shared_ptr<Connection> find(uint64_t stream) const;

  boost::asio::io_context& io_;
  ports::TaskQueue& queue_;
  uint64_t next_ = 1;
  std::map<uint64_t, std::weak_ptr<Connection>> open_;
};

}  // namespace orrery::http
