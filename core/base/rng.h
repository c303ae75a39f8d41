// Seeded randomness with named child streams. One component drawing more or fewer numbers never shifts another's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orrery {

// SplitMix64 seeding, xoshiro256** output: the same numbers on every platform.
class Rng {
 public:
  explicit Rng(uint64_t seed = 0);
  // An independent stream named by what draws from it; depends on this stream's seed, not on its position.
  Rng child(std::string_view name) const;
  uint64_t next();
  // Uniform in [0, n); n > 0.
  uint64_t below(uint64_t n);
  // True with a probability of `parts` in a million.
  bool chance_ppm(uint32_t parts);
  // Kubernetes' random suffixes: letters and digits without vowels and look-alikes (apimachinery util/rand).
  std::string suffix(int length);
  // RFC 4122 version 4.
  std::string uuid();

 private:
  uint64_t seed_;
  uint64_t s_[4];
};

// FNV-1a, 64 bit: for fingerprints and hashes that must agree between builds.
uint64_t fnv1a(std::string_view bytes, uint64_t start = 14695981039346656037ull);
// 32-bit FNV-1a as Kubernetes uses for pod-template-hash.
uint32_t fnv1a32(std::string_view bytes, uint32_t start = 2166136261u);
// apimachinery rand.SafeEncodeString: maps each character into the suffix alphabet.
std::string safe_encode(std::string_view text);

}  // namespace orrery
