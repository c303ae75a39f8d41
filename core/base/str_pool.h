// StrPool: makes equal texts share their memory. Most texts of most objects are the same: images, protocols, policies, and
// which fields a manager owns. A cache of a fixed size: what it forgets is kept twice, nothing more.
#pragma once

#include <vector>

#include "core/base/rng.h"
#include "core/base/str.h"

namespace orrery {

class StrPool {
 public:
  static constexpr size_t kSlots = 8192;       // a power of two
  static constexpr size_t kLengthMax = 4096;  // longer texts are seldom the same
  Str get(std::string_view text) {
    if (text.empty() || text.size() > kLengthMax) return Str(text);
    if (slots_.empty()) slots_.resize(kSlots);
    Str& slot = slots_[fnv1a(text) & (kSlots - 1)];
    if (!(slot == text)) slot = Str(text);
    return slot;
  }

 private:
  std::vector<Str> slots_;
};

// Without a pool each text has its own memory.
inline Str pooled(StrPool* pool, std::string_view text) { return pool ? pool->get(text) : Str(text); }

}  // namespace orrery
