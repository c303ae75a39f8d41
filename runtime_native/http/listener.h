// A listening port: accepts connections (TLS or plain), reads HTTP/1.1 requests and hands each to a Handler.
// Runs on the one thread of its io_context. Every limit is named here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "runtime_native/http/exchange.h"

namespace boost::asio {
class io_context;
}

namespace orrery::http {

struct Limits {
  uint32_t header_bytes_max = 64 << 10;
  uint64_t body_bytes_max = 3 << 20;        // apiserver's limit of a request body: above it 413
  uint64_t message_bytes_max = 4 << 20;     // of one WebSocket message
  uint64_t queued_bytes_max = 64 << 20;     // a client that lets more pile up is cut off
  int connections_max = 4096;               // above it the one that has waited longest for its client is cut
  Duration handshake_max = seconds(10);
  Duration header_max = seconds(30);        // from the first byte of a request to its last header
  Duration body_max = seconds(60);
  Duration idle_max = minutes(3);           // between requests of a kept connection
  Duration write_stall_max = seconds(60);   // no byte taken by a client while some are queued
  Duration websocket_idle_max = minutes(5);  // pings are sent at half of it
};

struct TlsFiles {
  std::string cert_pem;
  std::string key_pem;
  std::string client_ca_pem;  // client certificates are asked for; one that this CA did not sign makes the request Untrusted
};

struct ListenOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  // 0: any free one
  bool tls = true;
  TlsFiles tls_files;
  Limits limits;
};

class Listener {
 public:
  // Binds and begins to accept. Fails in one sentence when the port is in use or not permitted or a certificate is bad.
  static Result<std::unique_ptr<Listener>> open(boost::asio::io_context& io, ListenOptions options, Handler handler);
  virtual ~Listener() = default;
  virtual uint16_t port() const = 0;
  virtual int connections() const = 0;
  // Accepts no more, closes idle connections, and gives running requests `grace` to end; then cuts them.
  // Streams are told through on_closed. The io_context runs dry of this listener afterwards.
  virtual void stop(Duration grace) = 0;
};

}  // namespace orrery::http
