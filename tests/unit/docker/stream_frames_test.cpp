#include "runtime_native/docker/stream_frames.h"

#include <doctest/doctest.h>

#include <string>

using namespace orrery::docker;

namespace {
std::string frame(int kind, std::string_view payload) {
  std::string out{static_cast<char>(kind), 0, 0, 0};
  for (int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(payload.size() >> shift & 0xff));
  return out.append(payload);
}
}  // namespace

TEST_CASE("FrameReader: payloads are the same however the bytes are cut") {
  std::string big(70000, 'x');
  std::string bytes = frame(1, "out\n") + frame(2, "err") + frame(1, "") + frame(2, big) + frame(1, "end");
  for (size_t cut : {1u, 2u, 3u, 7u, 8u, 9u, 13u, 4096u, 1000000u}) {
    CAPTURE(cut);
    FrameReader reader;
    std::string out, err;
    for (size_t i = 0; i < bytes.size(); i += cut)
      REQUIRE(reader.feed(std::string_view(bytes).substr(i, cut), [&](StreamKind kind, std::string_view payload) {
        (kind == StreamKind::Stdout ? out : err).append(payload);
      }));
    CHECK(out == "out\nend");
    CHECK(err == "err" + big);
    CHECK(reader.at_boundary());
  }
}

TEST_CASE("FrameReader: a cut frame is seen, and bytes that are no frames are refused") {
  FrameReader reader;
  auto ignore = [](StreamKind, std::string_view) {};
  CHECK(reader.feed(frame(1, "hello").substr(0, 10), ignore));
  CHECK(!reader.at_boundary());
  FrameReader other;
  CHECK(!other.feed("plain text, as a TTY sends it", ignore));
  CHECK(!other.feed(frame(1, "x"), ignore));
}
