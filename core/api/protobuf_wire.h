// The wire format of protocol buffers, bounds-checked.
#pragma once

#include <cstdint>
#include <string_view>

namespace orrery::api {

enum class WireType : uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

// Reads fields one after another; `error` names what is wrong in the words of Go's generated code.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}
  const char* error = nullptr;

  // The next field; false at the end or on error.
  bool next() {
    if (rest_.empty() || error) return false;
    uint64_t key = varint();
    if (error) return false;
    tag = static_cast<uint32_t>(key >> 3);
    if (tag == 0) return fail("proto: illegal tag 0");
    switch (key & 7) {
      case 0:
        wire = WireType::Varint;
        number = varint();
        return !error;
      case 1:
        wire = WireType::Fixed64;
        return fixed(8);
      case 2: {
        wire = WireType::Bytes;
        uint64_t length = varint();
        if (error) return false;
        if (length > rest_.size()) return fail("unexpected EOF");
        bytes = rest_.substr(0, static_cast<size_t>(length));
        rest_.remove_prefix(static_cast<size_t>(length));
        return true;
      }
      case 5:
        wire = WireType::Fixed32;
        return fixed(4);
      default: return fail("proto: illegal wireType");
    }
  }
  // A bare varint, as in packed lists.
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) {
        fail("unexpected EOF");
        return 0;
      }
      unsigned char c = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(c & 0x7f) << shift;
      if (c < 0x80) return value;
    }
    fail("proto: integer overflow");
    return 0;
  }
  bool at_end() const { return rest_.empty(); }

  uint32_t tag = 0;
  WireType wire = WireType::Varint;
  uint64_t number = 0;
  std::string_view bytes;

 private:
  bool fail(const char* why) {
    error = why;
    return false;
  }
  bool fixed(size_t n) {
    if (rest_.size() < n) return fail("unexpected EOF");
    number = 0;
    for (size_t i = n; i-- > 0;) number = number << 8 | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(n);
    return true;
  }
  std::string_view rest_;
};

}  // namespace orrery::api
