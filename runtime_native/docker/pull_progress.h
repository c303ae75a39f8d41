// Lines of JSON objects, and what a pull or import says in them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace orrery::docker {

// Cuts a byte stream into lines. A line longer than kLineBytesMax is dropped.
class LineReader {
 public:
  static constexpr size_t kLineBytesMax = 1 << 20;
  void feed(std::string_view bytes, const std::function<void(std::string_view line)>& sink);

 private:
  std::string rest_;
  bool dropping_ = false;
};

// The Engine answers a pull or import with 200 and reports failure in the stream.
class PullProgress {
 public:
  void feed(std::string_view bytes);
  Result<void> result();
  // Of the last layer that reported: "Downloading 3/12 MB".
  const std::string& status() const { return status_; }

 private:
  void line(std::string_view text);
  LineReader lines_;
  std::string status_, error_;
};

}  // namespace orrery::docker
