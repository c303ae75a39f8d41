// SPDY/3.1 frames (draft-mbelshe-httpbis-spdy-00 with version 3), as client-go tunnels them through a WebSocket for
// port-forward. One session's state: the header compression contexts of both directions.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace orrery::http {

constexpr size_t kSpdyFrameMax = 1 << 20;     // bytes of one frame
constexpr size_t kSpdyHeadersMax = 64 << 10;  // bytes of one frame's headers, inflated

struct SpdyFrame {
  enum class Type : uint8_t {
    Data = 0,
    SynStream = 1,
    SynReply = 2,
    RstStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    Headers = 8,
    WindowUpdate = 9,
    Other = 255
  };
  Type type = Type::Data;
  uint32_t stream = 0;  // Ping: its id
  bool fin = false;
  std::map<std::string, std::string> headers;  // SynStream: lower-case names
  std::string data;
};

class SpdySession {
 public:
  SpdySession();
  ~SpdySession();
  SpdySession(const SpdySession&) = delete;
  SpdySession& operator=(const SpdySession&) = delete;

  // Takes bytes as they come. Errors: BadRequest when they are not SPDY/3.1, or above a limit; the session is then
  // over.
  Result<void> feed(std::string_view bytes);
  // The next whole frame of what was fed; false when there is none yet.
  Result<bool> next(SpdyFrame& frame);

  // A stream's acceptance, with no headers.
  std::string syn_reply(uint32_t stream);
  static std::string data(uint32_t stream, std::string_view bytes, bool fin);
  static std::string ping(uint32_t id);

 private:
  struct Zlib;
  Result<void> read_headers(std::string_view block, SpdyFrame& frame);
  std::string received_;
  size_t at_ = 0;
  std::unique_ptr<Zlib> zlib_;
};

}  // namespace orrery::http
