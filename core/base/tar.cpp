#include "core/base/tar.h"

#include <cstdint>

namespace orrery {

namespace {

constexpr size_t kBlock = 512;
constexpr size_t kNameMax = 99;

std::string octal(uint64_t n, int digits) {
  std::string out;
  for (int i = digits - 1; i >= 0; --i) out += static_cast<char>('0' + (n >> (3 * i) & 7));
  return out;
}

std::string header(std::string_view name, size_t size) {
  std::string h(kBlock, '\0');
  const auto put = [&](size_t at, std::string_view text) { h.replace(at, text.size(), text); };
  put(0, name.substr(0, kNameMax));
  put(100, octal(0644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(0, 11));
  put(148, "        ");
  put(156, "0");
  put(257, "ustar");
  put(263, "00");
  uint64_t sum = 0;
  for (char c : h) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6));
  h[154] = '\0';
  return h;
}

}  // namespace

void tar_add(std::string& archive, std::string_view name, std::string_view content) {
  archive += header(name, content.size());
  archive += content;
  archive.append((kBlock - content.size() % kBlock) % kBlock, '\0');
}

void tar_end(std::string& archive) { archive.append(2 * kBlock, '\0'); }

bool untar(std::string_view in, const std::function<bool(std::string_view, std::string_view)>& each) {
  for (size_t at = 0; at + kBlock <= in.size() && in[at] != '\0';) {
    const std::string_view name = in.substr(at, std::min<size_t>(100, in.find('\0', at) - at));
    uint64_t size = 0;
    for (size_t i = at + 124; i < at + 135 && in[i] >= '0' && in[i] <= '7'; ++i) size = size * 8 + static_cast<uint64_t>(in[i] - '0');
    if (size > in.size() - at - kBlock) return false;
    const char type = in[at + 156];
    if ((type == '0' || type == '\0') && !each(name, in.substr(at + kBlock, size))) return true;
    at += kBlock + (size + kBlock - 1) / kBlock * kBlock;
  }
  return true;
}

}  // namespace orrery
