// An asynchronous client of the Docker Engine API (HTTP/1.1 over a unix socket or plain TCP), pinned to version 1.41.
//
// Single-threaded: everything is called, and calls back, on the io_context's thread, and never from within the call
// that asked. Engine errors become Error with the Engine's own message and HTTP code (Reason follows from the code);
// an engine that can't be reached is ServiceUnavailable, one that is silent too long is Timeout.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "runtime_native/docker/engine_address.h"

namespace orrery::docker {

inline constexpr std::string_view kApiVersion = "v1.41";

struct EngineLimits {
  int requests_max = 32;    // plain requests in flight; more wait in line
  int waiting_max = 16384;  // requests in line; more are refused with TooManyRequests
  int idle_connections_max = 8;
  Duration idle_max = seconds(60);           // an idle connection older than this isn't used again
  size_t answer_bytes_max = 64u << 20;       // a plain answer longer than this is an error
  size_t write_queue_bytes_max = 64u << 20;  // of one upgraded stream
};

struct EngineRequest {
  std::string method = "GET";
  std::string target;  // path and query without the version: "/containers/json?all=1"
  std::string body;
  std::string content_type = "application/json";
  // Plain: until the whole answer is read. Stream: until its header is read. From the moment it is sent.
  Duration timeout = seconds(60);
  // Takes its own connection and no place in line: for requests that are slow by nature (stop with grace, wait, pull).
  bool dedicated = false;
};

struct EngineResponse {
  int status = 0;  // 2xx or 304; others are errors
  std::string content_type;
  std::string body;
};

using ResponseHandler = std::function<void(Result<EngineResponse>)>;

struct StreamHandlers {
  std::function<void(const EngineResponse& head)> on_start;  // at most once, before any data; body is empty
  std::function<void(std::string_view bytes)> on_data;
  // Once, last. ok: the engine ended the stream. Not called after cancel().
  std::function<void(Result<void>)> on_end;
};

// A streaming answer or an upgraded connection. Letting go of the pointer doesn't end it; cancel() does.
class EngineStream {
 public:
  virtual ~EngineStream() = default;
  // Closes at once. No handler is called any more.
  virtual void cancel() = 0;
  // While paused nothing is read (what has been read was handed on), so the engine comes to wait.
  virtual void set_paused(bool paused) = 0;
  // Upgraded only; order is kept. False when the queue is full (EngineLimits::write_queue_bytes_max) or the stream is
  // over.
  virtual bool write(std::string bytes) = 0;
  // Upgraded only: half-closes after what was written. Not for TTY sessions: the engine then drops output.
  virtual void close_write() = 0;
};
using EngineStreamPtr = std::shared_ptr<EngineStream>;

class EngineClient {
 public:
  EngineClient(boost::asio::io_context& io, EngineAddress address, EngineLimits limits = {});
  // Cancels everything under way; no handler is called any more.
  ~EngineClient();
  EngineClient(const EngineClient&) = delete;
  EngineClient& operator=(const EngineClient&) = delete;

  const EngineAddress& address() const;
  boost::asio::io_context& io() const;

  // A request that meets a kept-alive connection which the engine closed meanwhile is sent once more on a new one.
  void request(EngineRequest request, ResponseHandler handler);
  // An answer read as it comes (events, logs, pull progress).
  EngineStreamPtr stream(EngineRequest request, StreamHandlers handlers);
  // Asks for an upgrade (exec, attach) and then carries raw bytes both ways.
  EngineStreamPtr upgrade(EngineRequest request, StreamHandlers handlers);

  struct Counters {
    uint64_t requests = 0, connections_opened = 0, stale_retries = 0;
    int in_flight = 0, waiting = 0;
  };
  Counters counters() const;

 private:
  class Exchange;
  struct Core;
  std::shared_ptr<Core> core_;
};

// Percent-encodes for one query value or path segment.
std::string url_part(std::string_view text);

}  // namespace orrery::docker
