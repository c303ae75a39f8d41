// One HTTP request and the answer to it, free of sockets, TLS and Beast. Everything here runs on the io thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/str.h"

namespace orrery::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// What the TLS handshake said about the client.
enum class PeerCert { None, Trusted, Untrusted };

struct HttpRequest {
  std::string method;  // "GET"
  std::string target;  // as sent: path and query, still percent-encoded
  Headers headers;
  std::string body;
  std::string peer;  // "127.0.0.1:40312"
  PeerCert cert = PeerCert::None;
  std::string cert_user;                 // CN, set when Trusted
  std::vector<std::string> cert_groups;  // O
  bool upgrade = false;                  // asks for a WebSocket: answer with accept_websocket or refuse with answer

  // The first header of that name (any case), or "".
  std::string_view header(std::string_view name) const;
};

// Hears what happens to an exchange that was begun as a stream or a WebSocket.
class ExchangeListener {
 public:
  virtual ~ExchangeListener() = default;
  // A complete WebSocket message.
  virtual void on_message(std::string_view bytes) = 0;
  // What was queued has fallen below the low-water mark after it stood above the high-water mark.
  virtual void on_drained() = 0;
  // The last call: the client went away, was too slow, or everything after finish() was sent.
  virtual void on_closed() = 0;
};

// The server's end of one request. A handler keeps the shared_ptr until it has answered; an exchange dropped without an
// answer sends 500. After the client went away every call is accepted and does nothing.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const HttpRequest& request() const = 0;
  virtual HttpRequest& request() = 0;

  // The whole answer. Large bodies are compressed when the client accepts gzip.
  virtual void answer(int status, Headers headers, Str body) = 0;

  // An answer of unknown length: chunked, flushed with every write. Then write* and finish.
  virtual void begin_stream(int status, Headers headers) = 0;
  // Completes the upgrade. `subprotocol` is one that the client offered, or "". Then write* (one message each) and finish.
  virtual void accept_websocket(std::string_view subprotocol, bool text_messages) = 0;
  virtual void write(std::string bytes) = 0;
  virtual void finish() = 0;
  // The client sees a broken connection: the answer is known to be incomplete.
  virtual void abort() = 0;

  // Bytes written but not yet taken by the kernel. Writers stop above kHighWater and go on at on_drained().
  virtual size_t queued() const = 0;
  // Stops and restarts reading WebSocket messages (back-pressure towards the client).
  virtual void set_reading(bool on) = 0;
  // `listener` must outlive the exchange or be taken off with nullptr.
  virtual void set_listener(std::weak_ptr<ExchangeListener> listener) = 0;

  static constexpr size_t kHighWater = 1 << 20;
  static constexpr size_t kLowWater = 256 << 10;
};

using Handler = std::function<void(std::shared_ptr<Exchange>)>;

}  // namespace orrery::http
