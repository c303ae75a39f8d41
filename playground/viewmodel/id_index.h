// Finding things by their id, and noticing that many things are as they were: for what a picture needs many times a second.
// Hashes are never stored, shown or compared between programs.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace orrery::viewmodel {

class QuickHash {
 public:
  void add(std::uint64_t word) {
    value_ = (value_ ^ word) * kSpread;
    value_ ^= value_ >> 32;  // a product's low bits know nothing of its factor's high ones, where a short text's last letters are
  }
  void add(std::string_view text) {
    add(text.size());
    for (; text.size() >= 8; text.remove_prefix(8)) add(word_of(text.data(), 8));
    if (!text.empty()) add(word_of(text.data(), text.size()));
  }
  std::uint64_t value() const { return value_ * kSpread; }  // its upper half is the better one

 private:
  static std::uint64_t word_of(const char* bytes, std::size_t count) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, count);
    return word;
  }
  static constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15ull;
  std::uint64_t value_ = 0x2545F4914F6CDD1Dull;
};

// Positions in a sequence by id; the ids stay with their owner, who tells them by position. Of equal ids the first is found.
class IdIndex {
 public:
  static constexpr std::size_t kNone = ~std::size_t{0};

  template <class IdOf>
  void build(std::size_t count, IdOf id_of) {
    std::size_t size = 16;
    while (size < 2 * count) size *= 2;
    slots_.assign(size, 0);
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t at = start(id_of(i));
      while (slots_[at] != 0) at = (at + 1) & (size - 1);
      slots_[at] = std::uint32_t(i + 1);
    }
  }
  template <class IdOf>
  std::size_t find(std::string_view id, IdOf id_of) const {
    if (slots_.empty()) return kNone;
    for (std::size_t at = start(id); slots_[at] != 0; at = (at + 1) & (slots_.size() - 1))
      if (id_of(slots_[at] - 1) == id) return slots_[at] - 1;
    return kNone;
  }
  bool built() const { return !slots_.empty(); }

 private:
  std::size_t start(std::string_view id) const {
    QuickHash hash;
    hash.add(id);
    return std::size_t(hash.value() >> 32) & (slots_.size() - 1);
  }
  std::vector<std::uint32_t> slots_;  // position + 1; 0: free
};

}  // namespace orrery::viewmodel
