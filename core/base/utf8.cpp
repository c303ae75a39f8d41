#include "core/base/utf8.h"

namespace orrery {

int utf8_length(std::string_view text, std::size_t i) {
  auto byte = [&](size_t k) -> unsigned { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0; };
  auto tail = [&](size_t k) { return (byte(k) & 0xc0) == 0x80; };
  unsigned c = byte(i);
  if (c < 0x80) return 1;
  if (c >= 0xc2 && c < 0xe0) return tail(i + 1) ? 2 : 0;
  if (c >= 0xe0 && c < 0xf0) {
    unsigned d = byte(i + 1);
    if (!tail(i + 1) || !tail(i + 2) || (c == 0xe0 && d < 0xa0) || (c == 0xed && d >= 0xa0)) return 0;
    return 3;
  }
  if (c >= 0xf0 && c < 0xf5) {
    unsigned d = byte(i + 1);
    if (!tail(i + 1) || !tail(i + 2) || !tail(i + 3) || (c == 0xf0 && d < 0x90) || (c == 0xf4 && d >= 0x90)) return 0;
    return 4;
  }
  return 0;
}

}  // namespace orrery
