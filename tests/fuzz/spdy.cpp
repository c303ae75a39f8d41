// Any bytes as a SPDY/3.1 connection, in pieces of any size: frames or an error, and no more memory than the limits allow.
#include "runtime_native/http/spdy_frames.h"
#include "tests/fuzz/require.h"

using namespace orrery;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  http::SpdySession session;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  size_t piece = data[0] + 1u;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    if (!session.feed(bytes.substr(at, piece)).ok()) return 0;
    http::SpdyFrame frame;
    for (;;) {
      auto more = session.next(frame);
      if (!more.ok()) return 0;
      if (!*more) break;
      size_t headers = 0;
      for (const auto& [name, value] : frame.headers) headers += name.size() + value.size();
      require(headers <= http::kSpdyHeadersMax + 4096, "headers stay within their limit");
      require(frame.data.size() <= http::kSpdyFrameMax, "a frame stays within its limit");
    }
  }
  return 0;
}
