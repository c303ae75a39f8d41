// Docker's 8-byte framing of a container's output: {stream, 0, 0, 0, length as big-endian u32}, then that many bytes.
// Containers without a TTY send it for logs, attach and exec; those with a TTY send raw bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace orrery::docker {

enum class StreamKind : uint8_t { Stdin = 0, Stdout = 1, Stderr = 2, SystemError = 3 };

// Takes bytes in pieces of any size and hands on payloads as they come; a frame's payload may arrive in several calls.
class FrameReader {
 public:
  using Sink = std::function<void(StreamKind, std::string_view payload)>;
  // False when the bytes are not frames; nothing more is handed on then.
  bool feed(std::string_view bytes, const Sink& sink);
  // True between frames: an end of stream here loses nothing.
  bool at_boundary() const { return header_size_ == 0 && left_ == 0; }

 private:
  unsigned char header_[8] = {};
  uint32_t header_size_ = 0;
  uint32_t left_ = 0;
  bool broken_ = false;
};

}  // namespace orrery::docker
