#include "core/scheduler/node_set.h"

#include <bit>

#include "core/base/check.h"

namespace orrery::scheduler {

void NodeSet::set(uint32_t index) {
  if (words_.size() <= index / 64) words_.resize(index / 64 + 1);
  words_[index / 64] |= 1ull << index % 64;
  ++count_;
}

void NodeSet::clear(uint32_t index) {
  words_[index / 64] &= ~(1ull << index % 64);
  --count_;
}

void NodeSet::set_word(size_t i, uint64_t bits) {
  if (words_.size() <= i) words_.resize(i + 1);
  count_ += std::popcount(bits) - std::popcount(words_[i]);
  words_[i] = bits;
}

uint32_t NodeSet::nth(int32_t n) const {
  for (size_t i = 0; i < words_.size(); ++i) {
    int32_t here = std::popcount(words_[i]);
    if (n >= here) {
      n -= here;
      continue;
    }
    uint64_t word = words_[i];
    for (; n > 0; --n) word &= word - 1;
    return static_cast<uint32_t>(i * 64) + static_cast<uint32_t>(std::countr_zero(word));
  }
  ORRERY_CHECK(false, "the set has that many nodes");
}

}  // namespace orrery::scheduler
