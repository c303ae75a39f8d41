// Probes over real sockets, worded as Kubernetes words their outcomes (pkg/probe/http, pkg/probe/tcp).
#pragma once

#include <boost/asio/io_context.hpp>

#include "core/ports/prober.h"

namespace orrery::http {

class NetProber final : public ports::Prober {
 public:
  // Runs on the io_context's thread, which must also be the loop's.
  NetProber(boost::asio::io_context& io, ports::TaskQueue& queue) : io_(io), queue_(queue) {}
  // 200 to 399 succeed; certificates are not verified, redirects not followed.
  void http(ports::HttpProbe probe, ports::ReplyTo reply) override;
  void tcp(Str host, int32_t port, Duration timeout, ports::ReplyTo reply) override;
  // Fails and says so: needs HTTP/2, which this program does not speak yet.
  void grpc(Str host, int32_t port, Str service, Duration timeout, ports::ReplyTo reply) override;

 private:
  boost::asio::io_context& io_;
  ports::TaskQueue& queue_;
};

}  // namespace orrery::http
