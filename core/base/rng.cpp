#include "core/base/rng.h"

#include "core/base/check.h"

namespace orrery {
namespace {

constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";

uint64_t split_mix(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

uint64_t rotate_left(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

}  // namespace

Rng::Rng(uint64_t seed) : seed_(seed) {
  uint64_t state = seed;
  for (uint64_t& s : s_) s = split_mix(state);
}

Rng Rng::child(std::string_view name) const {
  uint64_t state = seed_ ^ fnv1a(name);
  return Rng(split_mix(state));
}

uint64_t Rng::next() {
  uint64_t result = rotate_left(s_[1] * 5, 7) * 9;
  uint64_t t = s_[1] << 17;
  s_[2] ^= s_[0];
  s_[3] ^= s_[1];
  s_[1] ^= s_[2];
  s_[0] ^= s_[3];
  s_[2] ^= t;
  s_[3] = rotate_left(s_[3], 45);
  return result;
}

uint64_t Rng::below(uint64_t n) {
  ORRERY_CHECK(n > 0, "below() needs a positive bound");
  uint64_t unfair = (0 - n) % n;  // 2^64 mod n: that many lowest draws would favour small results
  for (;;) {
    uint64_t draw = next();
    if (draw >= unfair) return draw % n;
  }
}

bool Rng::chance_ppm(uint32_t parts) { return below(1'000'000) < parts; }

std::string Rng::suffix(int length) {
  std::string out;
  for (int i = 0; i < length; ++i) out += kAlphabet[below(kAlphabet.size())];
  return out;
}

std::string Rng::uuid() {
  uint64_t hi = next();
  uint64_t lo = next();
  hi = (hi & ~0xf000ull) | 0x4000ull;                            // version 4
  lo = (lo & ~(0xc0ull << 56)) | (0x80ull << 56);                // variant 10
  std::string out;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    uint64_t word = i < 16 ? hi : lo;
    out += "0123456789abcdef"[word >> (60 - 4 * (i % 16)) & 15];
  }
  return out;
}

uint64_t fnv1a(std::string_view bytes, uint64_t start) {
  for (unsigned char c : bytes) start = (start ^ c) * 1099511628211ull;
  return start;
}

uint32_t fnv1a32(std::string_view bytes, uint32_t start) {
  for (unsigned char c : bytes) start = (start ^ c) * 16777619u;
  return start;
}

std::string safe_encode(std::string_view text) {
  std::string out;
  for (unsigned char c : text) out += kAlphabet[c % kAlphabet.size()];
  return out;
}

}  // namespace orrery
