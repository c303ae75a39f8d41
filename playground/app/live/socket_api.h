// The API of the server that the page came from, over one WebSocket (runtime_native/http/page_socket.h has its protocol).
// Knows no socket: text goes out through `send`, and comes in through receive().
#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/ports/api.h"
#include "core/ports/watch_lines.h"

namespace orrery::app {

class SocketApi final : public ports::ApiHandler {
 public:
  using Send = std::function<void(const std::string& message)>;
  SocketApi(ports::TaskQueue& queue, Send send) : queue_(queue), send_(std::move(send)) {}

  // While the line is down every call is answered 503 at once.
  void set_open(bool open);
  bool open() const { return open_; }
  // A message from the server; anything that isn't one of its kind is dropped.
  void receive(const std::string& message);

  uint64_t call(ports::ApiRequestPtr request, ports::ReplyTo reply) override;
  void send(uint64_t call, Str frame) override;
  void cancel(uint64_t call) override;
  void consumed(uint64_t, uint32_t) override {}  // the socket's own flow control bounds what is under way

 private:
  struct Call {
    ports::ReplyTo reply;
    bool objects = false, watch = false;
    ports::WatchLines lines;  // of a watch
  };
  void answer(std::map<uint64_t, Call>::iterator call, ports::ApiReply reply, bool last);

  ports::TaskQueue& queue_;
  Send send_;
  bool open_ = false;
  uint64_t next_ = 1;
  std::map<uint64_t, Call> calls_;
};

}  // namespace orrery::app
