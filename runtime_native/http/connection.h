// One accepted connection. Internal to runtime_native/http: the only header beside tls_context.h that needs Asio.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <set>

#include "runtime_native/http/exchange.h"
#include "runtime_native/http/listener.h"

namespace orrery::http {

using SteadyTime = std::chrono::steady_clock::time_point;

class ConnectionBase {
 public:
  virtual ~ConnectionBase() = default;
  // Cuts the connection when its deadline has passed.
  virtual void check_deadline(SteadyTime now) = 0;
  // While it waits for a client (handshake, next request, rest of a request): until when.
  virtual std::optional<SteadyTime> waits_until() const = 0;
  // The server stops: an idle connection closes now, a busy one after its answer.
  virtual void drain() = 0;
  // Cuts it at once.
  virtual void cut() = 0;
};

// What a connection shares with its listener; outlives both.
struct ConnectionShared {
  Limits limits;
  Handler handler;
  std::set<ConnectionBase*> connections;
  bool draining = false;
};

// Starts a connection that owns itself until it ends. `tls` null: plain HTTP.
void start_connection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls,
                      std::shared_ptr<ConnectionShared> shared);

}  // namespace orrery::http
