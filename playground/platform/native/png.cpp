#include "playground/platform/native/png.h"

#include <cstdint>
#include <fstream>

namespace orrery::platform {
namespace {

std::uint32_t crc(const std::string& data) {
  std::uint32_t c = 0xffffffffu;
  for (unsigned char byte : data) {
    c ^= byte;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ (c & 1 ? 0xedb88320u : 0);
  }
  return ~c;
}

std::uint32_t adler(const std::string& data) {
  std::uint32_t a = 1, b = 0;
  for (unsigned char byte : data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

std::string big_endian(std::uint32_t n) {
  return {char(n >> 24), char(n >> 16), char(n >> 8), char(n)};
}

std::string chunk(const std::string& type, const std::string& data) {
  return big_endian(std::uint32_t(data.size())) + type + data + big_endian(crc(type + data));
}

// A zlib stream of stored blocks.
std::string stored(const std::string& data) {
  std::string out = "\x78\x01";
  for (std::size_t at = 0; at < data.size();) {
    const std::size_t size = std::min<std::size_t>(65535, data.size() - at);
    const bool last = at + size == data.size();
    out += char(last);
    out += {char(size), char(size >> 8), char(~size), char(~size >> 8)};
    out.append(data, at, size);
    at += size;
  }
  return out + big_endian(adler(data));
}

}  // namespace

bool write_png(const std::string& path, const Picture& picture) {
  std::string rows;
  const std::size_t stride = std::size_t(picture.width) * 3;
  for (int y = 0; y < picture.height; ++y) {
    rows += '\0';
    rows.append(reinterpret_cast<const char*>(picture.rgb.data()) + std::size_t(y) * stride, stride);
  }
  std::ofstream file(path, std::ios::binary);
  const std::string header = big_endian(std::uint32_t(picture.width)) + big_endian(std::uint32_t(picture.height)) +
                             std::string("\x08\x02\x00\x00\x00", 5);
  file << "\x89PNG\r\n\x1a\n" << chunk("IHDR", header) << chunk("IDAT", stored(rows)) << chunk("IEND", "");
  return bool(file);
}

}  // namespace orrery::platform
