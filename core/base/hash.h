// A quick hash of a text for tables in memory and for comparing what one process made. The same in every build, but not
// meant to be kept: fingerprints and what Kubernetes hashes are FNV (rng.h).
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace orrery {

inline uint64_t quick_hash(std::string_view text, uint64_t start = 0) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15ull;
  auto mix = [](uint64_t h, uint64_t word) {
    h = (h ^ word) * kOdd;
    return h ^ (h >> 29);
  };
  uint64_t h = mix(start, text.size());
  const char* at = text.data();
  size_t left = text.size();
  for (; left >= 8; left -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    h = mix(h, word);
  }
  uint64_t word = 0;
  if (left > 0) std::memcpy(&word, at, left);
  h = mix(h, word);
  return h ^ (h >> 32);
}

// For std::unordered_map<Str, T, StrHash, std::equal_to<>>: looked up by std::string_view too. Its order must not show.
struct StrHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return static_cast<size_t>(quick_hash(text)); }
};

// For tables by numbers that count up.
struct NumberHash {
  using is_transparent = void;
  size_t operator()(uint64_t n) const { return static_cast<size_t>(n * 0x9e3779b97f4a7c15ull >> 16); }
};

}  // namespace orrery
