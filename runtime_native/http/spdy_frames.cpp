#include "runtime_native/http/spdy_frames.h"

#include <zlib.h>

#include "core/base/check.h"

namespace orrery::http {

namespace {

constexpr size_t kHeadSize = 8;
constexpr uint32_t kControlVersion3 = 0x80030000;
constexpr uint8_t kFlagFin = 1;

uint32_t read32(std::string_view bytes, size_t at) {
  uint32_t out = 0;
  for (size_t i = 0; i < 4; ++i) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
  return out;
}

void put32(std::string& out, uint32_t n) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift & 255);
}

// The dictionary of section 2.6.10.1: words with their lengths, then plain text.
std::string make_dictionary() {
  static constexpr std::string_view kWords[] = {"options",
                                                "head",
                                                "post",
                                                "put",
                                                "delete",
                                                "trace",
                                                "accept",
                                                "accept-charset",
                                                "accept-encoding",
                                                "accept-language",
                                                "accept-ranges",
                                                "age",
                                                "allow",
                                                "authorization",
                                                "cache-control",
                                                "connection",
                                                "content-base",
                                                "content-encoding",
                                                "content-language",
                                                "content-length",
                                                "content-location",
                                                "content-md5",
                                                "content-range",
                                                "content-type",
                                                "date",
                                                "etag",
                                                "expect",
                                                "expires",
                                                "from",
                                                "host",
                                                "if-match",
                                                "if-modified-since",
                                                "if-none-match",
                                                "if-range",
                                                "if-unmodified-since",
                                                "last-modified",
                                                "location",
                                                "max-forwards",
                                                "pragma",
                                                "proxy-authenticate",
                                                "proxy-authorization",
                                                "range",
                                                "referer",
                                                "retry-after",
                                                "server",
                                                "te",
                                                "trailer",
                                                "transfer-encoding",
                                                "upgrade",
                                                "user-agent",
                                                "vary",
                                                "via",
                                                "warning",
                                                "www-authenticate",
                                                "method",
                                                "get",
                                                "status",
                                                "200 OK",
                                                "version",
                                                "HTTP/1.1",
                                                "url",
                                                "public",
                                                "set-cookie",
                                                "keep-alive",
                                                "origin"};
  std::string out;
  for (std::string_view word : kWords) {
    put32(out, static_cast<uint32_t>(word.size()));
    out += word;
  }
  out +=
      "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
      "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
      "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
      "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
      "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
      "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";
  return out;
}

const Bytef* as_bytes(const std::string& text) { return reinterpret_cast<const Bytef*>(text.data()); }

Error not_spdy(std::string_view why) { return make_error(Reason::BadRequest, cat("not a SPDY/3.1 frame: ", why)); }

}  // namespace

struct SpdySession::Zlib {
  std::string dictionary = make_dictionary();
  z_stream in{}, out{};
  Zlib() {
    ORRERY_CHECK(inflateInit(&in) == Z_OK && deflateInit(&out, Z_BEST_SPEED) == Z_OK, "zlib takes these parameters");
    deflateSetDictionary(&out, as_bytes(dictionary), static_cast<uInt>(dictionary.size()));
  }
  ~Zlib() {
    inflateEnd(&in);
    deflateEnd(&out);
  }
};

SpdySession::SpdySession() : zlib_(std::make_unique<Zlib>()) {}
SpdySession::~SpdySession() = default;

Result<void> SpdySession::feed(std::string_view bytes) {
  if (at_ > 0) {
    received_.erase(0, at_);
    at_ = 0;
  }
  if (received_.size() + bytes.size() > 2 * kSpdyFrameMax) return not_spdy("too many bytes are waiting");
  received_ += bytes;
  return {};
}

Result<bool> SpdySession::next(SpdyFrame& frame) {
  std::string_view rest = std::string_view(received_).substr(at_);
  if (rest.size() < kHeadSize) return false;
  uint32_t head = read32(rest, 0), length = read32(rest, 4) & 0xffffff;
  uint8_t flags = static_cast<unsigned char>(rest[4]);
  if (length > kSpdyFrameMax) return not_spdy("it is too long");
  if (rest.size() < kHeadSize + length) return false;
  std::string_view body = rest.substr(kHeadSize, length);
  at_ += kHeadSize + length;
  frame = {};
  frame.fin = flags & kFlagFin;
  if (!(head & 0x80000000)) {
    frame.stream = head;
    frame.data = body;
    return true;
  }
  if ((head & 0xffff0000) != kControlVersion3) return not_spdy("its version is not 3");
  uint32_t type = head & 0xffff;
  bool known = type >= 1 && type <= 9 && type != 5;
  frame.type = known ? static_cast<SpdyFrame::Type>(type) : SpdyFrame::Type::Other;
  if (known && type != 4 && body.size() < 4) return not_spdy("it is too short");
  if (known && type != 4) frame.stream = type == 6 ? read32(body, 0) : read32(body, 0) & 0x7fffffff;
  if (frame.type == SpdyFrame::Type::SynStream) {
    if (body.size() < 10) return not_spdy("it is too short");
    if (auto bad = read_headers(body.substr(10), frame); !bad.ok()) return bad.error();
  } else if (frame.type == SpdyFrame::Type::SynReply || frame.type == SpdyFrame::Type::Headers) {
    if (auto bad = read_headers(body.substr(4), frame); !bad.ok()) return bad.error();
  }
  return true;
}

// The block goes through the context even when nobody reads it: later blocks depend on it.
Result<void> SpdySession::read_headers(std::string_view block, SpdyFrame& frame) {
  z_stream& z = zlib_->in;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block.data()));
  z.avail_in = static_cast<uInt>(block.size());
  std::string text;
  char piece[4096];
  while (z.avail_in > 0) {
    z.next_out = reinterpret_cast<Bytef*>(piece);
    z.avail_out = sizeof piece;
    int rc = inflate(&z, Z_SYNC_FLUSH);
    if (rc == Z_NEED_DICT)
      rc = inflateSetDictionary(&z, as_bytes(zlib_->dictionary), static_cast<uInt>(zlib_->dictionary.size()));
    text.append(piece, sizeof piece - z.avail_out);
    if (text.size() > kSpdyHeadersMax) return not_spdy("its headers are too long");
    if (rc == Z_BUF_ERROR || rc == Z_STREAM_END) break;
    if (rc != Z_OK) return not_spdy("its headers can't be inflated");
  }
  if (text.size() < 4) return not_spdy("it has no headers");
  size_t at = 4;
  auto take = [&](std::string& out) {
    if (text.size() - at < 4) return false;
    size_t n = read32(text, at);
    at += 4;
    if (n > text.size() - at) return false;
    out = text.substr(at, n);
    at += n;
    return true;
  };
  for (uint32_t left = read32(text, 0); left > 0; --left) {
    std::string name, value;
    if (!take(name) || !take(value)) return not_spdy("its headers end early");
    frame.headers[name] = value;
  }
  return {};
}

std::string SpdySession::syn_reply(uint32_t stream) {
  std::string none(4, '\0');  // zero pairs
  z_stream& z = zlib_->out;
  char packed[256];
  z.next_in = reinterpret_cast<Bytef*>(none.data());
  z.avail_in = static_cast<uInt>(none.size());
  z.next_out = reinterpret_cast<Bytef*>(packed);
  z.avail_out = sizeof packed;
  int rc = deflate(&z, Z_SYNC_FLUSH);
  ORRERY_CHECK(rc == Z_OK && z.avail_in == 0, "four bytes fit");
  std::string out;
  size_t n = sizeof packed - z.avail_out;
  put32(out, kControlVersion3 | 2);
  put32(out, static_cast<uint32_t>(4 + n));
  put32(out, stream);
  return out.append(packed, n);
}

std::string SpdySession::data(uint32_t stream, std::string_view bytes, bool fin) {
  std::string out;
  put32(out, stream);
  put32(out, static_cast<uint32_t>(fin ? kFlagFin : 0) << 24 | static_cast<uint32_t>(bytes.size()));
  return out.append(bytes);
}

std::string SpdySession::ping(uint32_t id) {
  std::string out;
  put32(out, kControlVersion3 | 6);
  put32(out, 4);
  put32(out, id);
  return out;
}

}  // namespace orrery::http
