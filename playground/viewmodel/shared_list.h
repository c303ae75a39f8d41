// A sequence of values that never change and are shared: copying it copies none of them, and who keeps an earlier state of it
// sees by their addresses which of them are still the same.
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
class SharedList {
 public:
  using Shared = std::shared_ptr<const T>;

  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() = default;
    explicit Iterator(const Shared* at) : at_(at) {}
    const T& operator*() const { return **at_; }
    const T* operator->() const { return at_->get(); }
    const T& operator[](difference_type n) const { return *at_[n]; }
    Iterator& operator+=(difference_type n) { return at_ += n, *this; }
    Iterator& operator-=(difference_type n) { return at_ -= n, *this; }
    Iterator& operator++() { return *this += 1; }
    Iterator& operator--() { return *this -= 1; }
    Iterator operator++(int) { return Iterator(at_++); }
    Iterator operator--(int) { return Iterator(at_--); }
    friend Iterator operator+(Iterator a, difference_type n) { return a += n; }
    friend Iterator operator+(difference_type n, Iterator a) { return a += n; }
    friend Iterator operator-(Iterator a, difference_type n) { return a -= n; }
    friend difference_type operator-(const Iterator& a, const Iterator& b) { return a.at_ - b.at_; }
    friend auto operator<=>(const Iterator&, const Iterator&) = default;

   private:
    const Shared* at_ = nullptr;
  };

  SharedList() = default;
  SharedList(std::initializer_list<T> values) : SharedList(std::vector<T>(values)) {}
  SharedList(std::vector<T> values) {
    for (T& value : values) push_back(std::move(value));
  }
  explicit SharedList(std::vector<Shared> items) : items_(std::move(items)) {}

  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  const T& operator[](std::size_t at) const { return *items_[at]; }
  const T& back() const { return *items_.back(); }
  Iterator begin() const { return Iterator(items_.data()); }
  Iterator end() const { return Iterator(items_.data() + items_.size()); }
  const std::vector<Shared>& items() const { return items_; }

  void push_back(T value) { items_.push_back(std::make_shared<const T>(std::move(value))); }
  void put(std::size_t at, T value) { items_[at] = std::make_shared<const T>(std::move(value)); }
  void erase(std::size_t at) { items_.erase(items_.begin() + std::ptrdiff_t(at)); }
  // A copy stands in its place from now on; what is returned may be changed until someone else takes it.
  T& change(std::size_t at) {
    auto own = std::make_shared<T>(*items_[at]);
    items_[at] = own;
    return *own;
  }

  // By value: those that are shared are not compared.
  friend bool operator==(const SharedList& a, const SharedList& b) {
    return std::equal(a.items_.begin(), a.items_.end(), b.items_.begin(), b.items_.end(),
                      [](const Shared& x, const Shared& y) { return x == y || *x == *y; });
  }

 private:
  std::vector<Shared> items_;
};

}  // namespace orrery::viewmodel
