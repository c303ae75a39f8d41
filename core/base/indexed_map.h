// IndexedMap: a std::map whose keys are also found by their hash. Walking and lower_bound() are in order of keys; find()
// looks at one place in memory where a tree of many objects makes it follow a score of pointers, each to a key elsewhere.
#pragma once

#include <map>
#include <unordered_set>
#include <utility>

namespace orrery {

// Hash: of K, and of whatever else is looked up by; transparent.
template <class K, class V, class Hash>
class IndexedMap {
 public:
  using Ordered = std::map<K, V, std::less<>>;
  using iterator = typename Ordered::iterator;
  using const_iterator = typename Ordered::const_iterator;
  static constexpr size_t kSmall = 32;  // up to here the tree alone is as quick

  IndexedMap() = default;
  IndexedMap(const IndexedMap& other) : ordered_(other.ordered_) {
    if (!other.index_.empty()) build();
  }
  IndexedMap(IndexedMap&& other) noexcept = default;  // nodes keep their addresses
  IndexedMap& operator=(IndexedMap other) noexcept {
    ordered_.swap(other.ordered_);
    index_.swap(other.index_);
    return *this;
  }

  const Ordered& ordered() const { return ordered_; }
  const_iterator begin() const { return ordered_.begin(); }
  const_iterator end() const { return ordered_.end(); }
  iterator begin() { return ordered_.begin(); }
  iterator end() { return ordered_.end(); }
  size_t size() const { return ordered_.size(); }
  bool empty() const { return ordered_.empty(); }
  template <class Q>
  const_iterator lower_bound(const Q& key) const {
    return ordered_.lower_bound(key);
  }

  template <class Q>
  iterator find(const Q& key) {
    if (index_.empty()) return ordered_.find(key);
    auto found = index_.find(key);
    return found == index_.end() ? ordered_.end() : *found;
  }
  template <class Q>
  const_iterator find(const Q& key) const {
    return const_cast<IndexedMap*>(this)->find(key);
  }
  // The value at key; value-initialised when it wasn't there.
  V& operator[](const K& key) {
    if (!index_.empty())
      if (iterator known = find(key); known != ordered_.end()) return known->second;
    size_t before = ordered_.size();
    iterator it = ordered_.try_emplace(key).first;
    if (ordered_.size() > before) {
      if (!index_.empty())
        index_.insert(it);
      else if (ordered_.size() > kSmall)
        build();
    }
    return it->second;
  }
  void erase(iterator it) {
    index_.erase(it);
    ordered_.erase(it);
  }
  template <class Q>
  size_t count(const Q& key) const {
    return find(key) == end() ? 0 : 1;
  }

 private:
  struct NodeHash {
    using is_transparent = void;
    size_t operator()(const iterator& it) const { return Hash{}(it->first); }
    template <class Q>
    size_t operator()(const Q& key) const {
      return Hash{}(key);
    }
  };
  struct NodeEqual {
    using is_transparent = void;
    bool operator()(const iterator& a, const iterator& b) const { return a == b; }
    template <class Q>
    bool operator()(const Q& key, const iterator& it) const {
      return it->first == key;
    }
    template <class Q>
    bool operator()(const iterator& it, const Q& key) const {
      return it->first == key;
    }
  };
  void build() {
    index_.reserve(2 * ordered_.size());
    for (iterator it = ordered_.begin(); it != ordered_.end(); ++it) index_.insert(it);
  }

  Ordered ordered_;
  std::unordered_set<iterator, NodeHash, NodeEqual> index_;  // empty while small; never walked
};

}  // namespace orrery
