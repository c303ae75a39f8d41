#include "runtime_sim/world/trace_log.h"

#include "core/base/rng.h"

namespace orrery::sim {

namespace {

uint64_t mix(uint64_t hash, uint64_t n) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(n >> (8 * i));
  return fnv1a(std::string_view(bytes, 8), hash);
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
