#include "runtime_sim/world/trace_log.h"

#include <array>

#include "core/base/rng.h"

namespace orrery::sim {

namespace {

// FNV-1a of the number's eight bytes, lowest first. Of a zero byte only the multiplication is left, and those of all upper
// ones are one.
uint64_t mix(uint64_t hash, uint64_t n) {
  constexpr uint64_t kPrime = 1099511628211ull;
  int left = 8;
  for (; n; n >>= 8, --left) hash = (hash ^ (n & 255)) * kPrime;
  static constexpr auto kPowers = [] {
    std::array<uint64_t, 9> powers{1};
    for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * kPrime;
    return powers;
  }();
  return hash * kPowers[static_cast<size_t>(left)];
}

}  // namespace

uint64_t TraceLog::emit(ports::TraceRecord r) {
  r.id = state_.next++;
  uint64_t h = state_.hash;
  h = mix(h, static_cast<uint64_t>(r.at.ns));
  h = mix(h, r.revision);
  h = mix(h, r.cause);
  for (const Str* text : {&r.from, &r.to, &r.verb, &r.kind, &r.ns, &r.name, &r.why}) h = mix(fnv1a(*text, h), text->size());
  state_.hash = h;
  uint64_t id = r.id;
  state_.records.push_back(std::move(r));
  if (state_.records.size() > max_) state_.records.pop_front();
  return id;
}

}  // namespace orrery::sim
