// A pattern up to the first line's end, then the text: compiles or is refused, and matching ends.
#include <cstdint>
#include <string_view>

#include "core/base/regex.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  size_t line = input.find('\n');
  auto regex = orrery::Regex::compile(input.substr(0, line));
  if (regex.ok() && line != std::string_view::npos) (void)regex->matches(input.substr(line + 1));
  return 0;
}
