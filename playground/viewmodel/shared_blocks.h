// A sequence in blocks of values that change together: blocks never change and are shared, so a new state of the
// sequence takes over all that are as they were, and costs as much as the others.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace orrery::viewmodel {

template <class T>
class SharedBlocks {
 public:
  using Block = std::shared_ptr<const std::vector<T>>;

  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() = default;
    Iterator(const Block* block, const Block* end) : block_(block), end_(end) { skip_empty(); }
    const T& operator*() const { return (**block_)[at_]; }
    const T* operator->() const { return &**this; }
    Iterator& operator++() {
      if (++at_ < (*block_)->size()) return *this;
      at_ = 0;
      ++block_;
      return skip_empty(), *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      return ++*this, before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.block_ == b.block_ && a.at_ == b.at_; }

   private:
    void skip_empty() {
      while (block_ != end_ && (*block_)->empty()) ++block_;
    }
    const Block* block_ = nullptr;
    const Block* end_ = nullptr;
    std::size_t at_ = 0;
  };

  SharedBlocks() = default;
  SharedBlocks(std::initializer_list<T> values) : blocks_{std::make_shared<const std::vector<T>>(values)} {}
  // REQUIRES: none is null.
  explicit SharedBlocks(std::vector<Block> blocks) : blocks_(std::move(blocks)) {}

  Iterator begin() const { return {blocks_.data(), blocks_.data() + blocks_.size()}; }
  Iterator end() const { return {blocks_.data() + blocks_.size(), blocks_.data() + blocks_.size()}; }
  bool empty() const { return begin() == end(); }
  const std::vector<Block>& blocks() const { return blocks_; }

  // By value, however they are cut into blocks.
  friend bool operator==(const SharedBlocks& a, const SharedBlocks& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::vector<Block> blocks_;
};

}  // namespace orrery::viewmodel
