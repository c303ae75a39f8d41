// NodeSet: a set of node indexes, 64 a word, so that picking among thousands of nodes costs their number divided by 64.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace orrery::scheduler {

class NodeSet {
 public:
  // `index` must not be in the set.
  void set(uint32_t index);
  // `index` must be in the set.
  void clear(uint32_t index);
  void set_word(size_t i, uint64_t bits);
  int32_t count() const { return count_; }
  uint32_t nth(int32_t n) const;  // the n-th smallest; n < count()
  size_t words() const { return words_.size(); }
  uint64_t word(size_t i) const { return i < words_.size() ? words_[i] : 0; }

 private:
  std::vector<uint64_t> words_;
  int32_t count_ = 0;
};

}  // namespace orrery::scheduler
