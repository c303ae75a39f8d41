#include "runtime_native/docker/tar_file.h"

#include <algorithm>
#include <cstdint>

#include "core/base/check.h"

namespace orrery::docker {

namespace {
constexpr size_t kBlock = 512;

void put_octal(std::string& header, size_t at, size_t digits, uint64_t value) {
  for (size_t i = digits; i-- > 0; value /= 8) header[at + i] = static_cast<char>('0' + value % 8);
}
}  // namespace

std::string tar_of_file(std::string_view name, std::string_view content, int mode) {
  ORRERY_CHECK(name.size() <= 100, "a tar header holds names of at most 100 bytes");
  std::string header(kBlock, '\0');
  std::copy(name.begin(), name.end(), header.begin());
  put_octal(header, 100, 7, static_cast<uint64_t>(mode));
  put_octal(header, 108, 7, 0);  // owner
  put_octal(header, 116, 7, 0);  // group
  put_octal(header, 124, 11, content.size());
  put_octal(header, 136, 11, 0);  // modification time: the same image on every machine
  header[156] = '0';              // a plain file
  header.replace(257, 8, std::string_view("ustar\00000", 8));
  header.replace(148, 8, 8, ' ');  // the sum is taken with blanks in its own place
  uint64_t sum = 0;
  for (char c : header) sum += static_cast<unsigned char>(c);
  put_octal(header, 148, 6, sum);
  header[154] = '\0';

  std::string out = header;
  out.append(content);
  out.resize((out.size() + kBlock - 1) / kBlock * kBlock + 2 * kBlock, '\0');
  return out;
}

}  // namespace orrery::docker
