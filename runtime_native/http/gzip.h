// Compression of a whole body in slices, so that no task holds the io thread for long.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/str.h"

namespace orrery::http {

class GzipJob {
 public:
  static constexpr size_t kSlice = 128 << 10;  // about 1.5 ms at the fast level
  explicit GzipJob(Str body);
  ~GzipJob();
  // Compresses one slice; true when the last one is done and take() may be called.
  bool step();
  std::string take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whether an Accept-Encoding header takes `coding` ("gzip", "br"): RFC 9110 12.5.3, q=0 refuses.
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace orrery::http
