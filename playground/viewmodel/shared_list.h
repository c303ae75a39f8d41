// A sequence of values that never change and are shared: copying it copies none of them, and who keeps an earlier state of it
// sees by their addresses which of them are still the same. It lies in chunks that states share in turn, so that a copy of
// 10,000, or a change to one of them, costs as little as some hundred pointers.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace orrery::viewmodel {

template <class T>
class SharedList {
 public:
  using Shared = std::shared_ptr<const T>;
  static constexpr std::size_t kChunkMax = 64;

  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() = default;
    Iterator(const SharedList* list, std::size_t at) : list_(list), at_(at) {}
    const Shared& shared() const {
      if (at_ - from_ >= count_) look();
      return chunk_[at_ - from_];
    }
    const T& operator*() const { return *shared(); }
    const T* operator->() const { return shared().get(); }
    const T& operator[](difference_type n) const { return *(*this + n); }
    Iterator& operator+=(difference_type n) { return at_ += std::size_t(n), *this; }
    Iterator& operator-=(difference_type n) { return at_ -= std::size_t(n), *this; }
    Iterator& operator++() { return *this += 1; }
    Iterator& operator--() { return *this -= 1; }
    Iterator operator++(int) {
      Iterator before = *this;
      return ++*this, before;
    }
    Iterator operator--(int) {
      Iterator before = *this;
      return --*this, before;
    }
    friend Iterator operator+(Iterator a, difference_type n) { return a += n; }
    friend Iterator operator+(difference_type n, Iterator a) { return a += n; }
    friend Iterator operator-(Iterator a, difference_type n) { return a -= n; }
    friend difference_type operator-(const Iterator& a, const Iterator& b) { return difference_type(a.at_) - difference_type(b.at_); }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }
    friend auto operator<=>(const Iterator& a, const Iterator& b) { return a.at_ <=> b.at_; }

   private:
    void look() const {
      const std::size_t chunk = list_->chunk_of(at_);
      chunk_ = list_->chunks_[chunk]->data();
      from_ = list_->starts_[chunk];
      count_ = list_->chunks_[chunk]->size();
    }
    const SharedList* list_ = nullptr;
    std::size_t at_ = 0;
    mutable const Shared* chunk_ = nullptr;  // the one looked at last, from position from_ on
    mutable std::size_t from_ = 0, count_ = 0;
  };

  SharedList() = default;
  SharedList(std::initializer_list<T> values) : SharedList(std::vector<T>(values)) {}
  SharedList(std::vector<T> values) {
    for (T& value : values) push_back(std::move(value));
  }
  explicit SharedList(std::vector<Shared> items) {
    append(chunks_, std::move(items));
    number();
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Shared& shared(std::size_t at) const {
    const std::size_t chunk = chunk_of(at);
    return (*chunks_[chunk])[at - starts_[chunk]];
  }
  const T& operator[](std::size_t at) const { return *shared(at); }
  const T& back() const { return *chunks_.back()->back(); }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size_}; }

  // How many from `at` on are the same as in `other` from `there` on because both lie in one chunk. None: they may still be.
  std::size_t same_run(std::size_t at, const SharedList& other, std::size_t there) const {
    if (at >= size_ || there >= other.size_) return 0;
    const std::size_t mine = chunk_of(at), its = other.chunk_of(there);
    const bool same = chunks_[mine] == other.chunks_[its] && at - starts_[mine] == there - other.starts_[its];
    return same ? chunks_[mine]->size() - (at - starts_[mine]) : 0;
  }

  void push_back(T value) { push_back(std::make_shared<const T>(std::move(value))); }
  void push_back(Shared item) {
    if (chunks_.empty() || chunks_.back()->size() >= kChunkMax) {
      chunks_.push_back(std::make_shared<Chunk>());
      starts_.push_back(size_);
    }
    own(chunks_.size() - 1).push_back(std::move(item));
    ++size_;
  }
  void put(std::size_t at, T value) { slot(at) = std::make_shared<const T>(std::move(value)); }
  void erase(std::size_t at) { edit({}, {at}); }
  // Takes `gone` out and `fresh` in, each of these before what stands at its position now. REQUIRES: both are in order.
  void edit(std::vector<std::pair<std::size_t, Shared>> fresh, const std::vector<std::size_t>& gone) {
    if (fresh.empty() && gone.empty()) return;
    std::vector<std::shared_ptr<Chunk>> out;
    auto next = fresh.begin();
    auto doomed = gone.begin();
    for (std::size_t c = 0; c < chunks_.size(); ++c) {
      const std::size_t from = starts_[c], to = from + chunks_[c]->size();
      const bool touched = (next != fresh.end() && next->first < to) || (doomed != gone.end() && *doomed < to);
      if (!touched) {
        out.push_back(std::move(chunks_[c]));
        continue;
      }
      Chunk made;
      for (std::size_t i = from; i < to; ++i) {
        for (; next != fresh.end() && next->first == i; ++next) made.push_back(std::move(next->second));
        if (doomed != gone.end() && *doomed == i) ++doomed;
        else made.push_back((*chunks_[c])[i - from]);
      }
      append(out, std::move(made));
    }
    Chunk last;
    for (; next != fresh.end(); ++next) last.push_back(std::move(next->second));
    append(out, std::move(last));
    chunks_ = std::move(out);
    number();
  }
  void drop_front(std::size_t count) {
    std::size_t chunk = 0;
    while (chunk < chunks_.size() && count >= chunks_[chunk]->size()) count -= chunks_[chunk++]->size();
    chunks_.erase(chunks_.begin(), chunks_.begin() + std::ptrdiff_t(chunk));
    if (count > 0 && !chunks_.empty()) {
      Chunk& first = own(0);
      first.erase(first.begin(), first.begin() + std::ptrdiff_t(count));
    }
    number();
  }
  // A copy stands in its place from now on; what is returned may be changed until someone else takes it.
  T& change(std::size_t at) {
    Shared& item = slot(at);
    auto copy = std::make_shared<T>(*item);
    item = copy;
    return *copy;
  }

  // By value: those that are shared are not compared.
  friend bool operator==(const SharedList& a, const SharedList& b) {
    if (a.size_ != b.size_) return false;
    for (Iterator x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y)
      if (x.shared() != y.shared() && !(*x == *y)) return false;
    return true;
  }

 private:
  using Chunk = std::vector<Shared>;  // never empty

  std::size_t chunk_of(std::size_t at) const { return std::size_t(std::upper_bound(starts_.begin(), starts_.end(), at) - starts_.begin()) - 1; }

  // Changed only while no other list has it.
  Chunk& own(std::size_t chunk) {
    std::shared_ptr<Chunk>& one = chunks_[chunk];
    if (one.use_count() > 1) one = std::make_shared<Chunk>(*one);
    return *one;
  }
  Shared& slot(std::size_t at) {
    const std::size_t chunk = chunk_of(at);
    return own(chunk)[at - starts_[chunk]];
  }

  // In chunks of kChunkMax; what is small joins what is small before it.
  static void append(std::vector<std::shared_ptr<Chunk>>& out, Chunk items) {
    if (!out.empty() && out.back()->size() + items.size() <= kChunkMax / 2) {
      Chunk joined = *out.back();
      joined.insert(joined.end(), std::make_move_iterator(items.begin()), std::make_move_iterator(items.end()));
      out.back() = std::make_shared<Chunk>(std::move(joined));
      return;
    }
    for (std::size_t from = 0; from < items.size(); from += kChunkMax) {
      const auto begin = items.begin() + std::ptrdiff_t(from), end = items.begin() + std::ptrdiff_t(std::min(items.size(), from + kChunkMax));
      out.push_back(std::make_shared<Chunk>(std::make_move_iterator(begin), std::make_move_iterator(end)));
    }
  }

  void number() {
    starts_.clear();
    size_ = 0;
    for (const std::shared_ptr<Chunk>& chunk : chunks_) {
      starts_.push_back(size_);
      size_ += chunk->size();
    }
  }

  std::vector<std::shared_ptr<Chunk>> chunks_;
  std::vector<std::size_t> starts_;  // of each chunk: the position of its first
  std::size_t size_ = 0;
};

}  // namespace orrery::viewmodel
