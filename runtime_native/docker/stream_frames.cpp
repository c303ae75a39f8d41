#include "runtime_native/docker/stream_frames.h"

#include <algorithm>

namespace orrery::docker {

bool FrameReader::feed(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty() && !broken_) {
    if (left_ > 0) {
      size_t n = std::min<size_t>(left_, bytes.size());
      left_ -= static_cast<uint32_t>(n);
      sink(static_cast<StreamKind>(header_[0]), bytes.substr(0, n));
      bytes.remove_prefix(n);
      continue;
    }
    size_t n = std::min<size_t>(8 - header_size_, bytes.size());
    std::copy_n(bytes.begin(), n, header_ + header_size_);
    header_size_ += static_cast<uint32_t>(n);
    bytes.remove_prefix(n);
    if (header_size_ < 8) break;
    header_size_ = 0;
    broken_ = header_[0] > 3 || header_[1] != 0 || header_[2] != 0 || header_[3] != 0;
    left_ = static_cast<uint32_t>(header_[4]) << 24 | static_cast<uint32_t>(header_[5]) << 16 |
            static_cast<uint32_t>(header_[6]) << 8 | header_[7];
  }
  return !broken_;
}

}  // namespace orrery::docker
