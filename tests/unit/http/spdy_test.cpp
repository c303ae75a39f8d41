#include <doctest/doctest.h>
#include <zlib.h>

#include <vector>

#include "runtime_native/http/spdy_frames.h"

using namespace orrery;
using http::SpdyFrame;
using http::SpdySession;

namespace {

std::string be32(uint32_t n) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift & 255);
  return out;
}

// A client's SYN_STREAM, its headers deflated without a dictionary (a context may begin so).
struct Client {
  z_stream z{};
  Client() { deflateInit(&z, Z_BEST_SPEED); }
  ~Client() { deflateEnd(&z); }
  std::string open(uint32_t stream, const std::map<std::string, std::string>& headers) {
    std::string block = be32(static_cast<uint32_t>(headers.size()));
    for (const auto& [name, value] : headers)
      block += be32(static_cast<uint32_t>(name.size())) + name + be32(static_cast<uint32_t>(value.size())) + value;
    std::string packed(1024, '\0');
    z.next_in = reinterpret_cast<Bytef*>(block.data());
    z.avail_in = static_cast<uInt>(block.size());
    z.next_out = reinterpret_cast<Bytef*>(packed.data());
    z.avail_out = static_cast<uInt>(packed.size());
    deflate(&z, Z_SYNC_FLUSH);
    packed.resize(packed.size() - z.avail_out);
    return be32(0x80030001) + be32(static_cast<uint32_t>(10 + packed.size())) + be32(stream) + be32(0) +
           std::string(2, '\0') + packed;
  }
};

}  // namespace

TEST_CASE("SPDY: streams open with headers, however their bytes are cut") {
  Client client;
  std::string bytes = client.open(1, {{"streamtype", "error"}, {"port", "80"}, {"requestid", "0"}});
  bytes += client.open(3, {{"streamtype", "data"}, {"port", "80"}, {"requestid", "0"}});
  bytes += SpdySession::data(3, "hello", true);
  SpdySession session;
  std::vector<SpdyFrame> frames;
  for (char c : bytes) {
    REQUIRE(session.feed(std::string_view(&c, 1)).ok());
    SpdyFrame frame;
    for (;;) {
      auto more = session.next(frame);
      if (!more.ok()) FAIL(more.error().message.str());
      if (!*more) break;
      frames.push_back(frame);
    }
  }
  REQUIRE(frames.size() == 3);
  CHECK(frames[0].type == SpdyFrame::Type::SynStream);
  CHECK(frames[0].stream == 1);
  CHECK(frames[0].headers.at("streamtype") == "error");
  CHECK(frames[1].headers.at("requestid") == "0");
  CHECK(frames[2].type == SpdyFrame::Type::Data);
  CHECK(frames[2].data == "hello");
  CHECK(frames[2].fin);
}

TEST_CASE("SPDY: our own frames read back") {
  SpdySession session, other;
  for (uint32_t stream : {7u, 9u}) REQUIRE(other.feed(session.syn_reply(stream)).ok());
  REQUIRE(other.feed(SpdySession::ping(5)).ok());
  SpdyFrame frame;
  for (uint32_t stream : {7u, 9u}) {
    REQUIRE(*other.next(frame));
    CHECK(frame.type == SpdyFrame::Type::SynReply);
    CHECK(frame.stream == stream);
    CHECK(frame.headers.empty());
  }
  REQUIRE(*other.next(frame));
  CHECK(frame.type == SpdyFrame::Type::Ping);
  CHECK(frame.stream == 5);
}

TEST_CASE("SPDY: what is no SPDY/3.1 is refused in a sentence") {
  auto fault = [](const std::string& bytes) {
    SpdySession session;
    SpdyFrame frame;
    if (auto fed = session.feed(bytes); !fed.ok()) return fed.error().message.str();
    auto got = session.next(frame);
    return got.ok() ? std::string(*got ? "a frame" : "waits") : got.error().message.str();
  };
  CHECK(fault("GET / HTTP/1.1\r\n") == "not a SPDY/3.1 frame: it is too long");
  CHECK(fault(be32(0x80020001) + be32(0)) == "not a SPDY/3.1 frame: its version is not 3");
  CHECK(fault(be32(0x80030001) + be32(4) + be32(1)) == "not a SPDY/3.1 frame: it is too short");
  CHECK(fault(be32(0x80030001) + be32(12) + std::string(10, '\0') + "xx") ==
        "not a SPDY/3.1 frame: its headers can't be inflated");
  CHECK(fault(std::string(3 << 20, 'x')) == "not a SPDY/3.1 frame: too many bytes are waiting");
  CHECK(fault(be32(0x8003000b) + be32(0)) == "a frame");  // of a kind that nobody needs
}
