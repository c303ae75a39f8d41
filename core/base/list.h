// List, Map and Box: copy-on-write containers of one pointer, of which every API type is made.
//
// Copying counts a reference; the first write after a copy detaches. So a pod made from a template shares the
// template's containers and volumes until one of them is changed, and a copy of a whole object costs some counter
// increments. Reading is const and cheap; writing is spelled out:
//   for (const Container& c : spec.containers) ...      spec.containers[0].name
//   spec.containers.push_back(c);                       spec.containers.mut(0).image = "web:2";
//   if (pod.metadata.deletionGracePeriodSeconds) ...    spec.securityContext.mut().runAsUser = 1000;
// References into a container last until its next write. Containers may be shared between threads for reading.
// They are type-erased underneath (ListRep), so that the interpreters over descriptors in core/api handle every
// element type with one piece of code.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <new>
#include <utility>

#include "core/base/check.h"
#include "core/base/str.h"

namespace orrery {

// What the type-erased code must know of an element type.
struct ElemOps {
  uint32_t size;
  void (*construct)(void* at);                       // value-initialises
  void (*copy)(void* at, const void* from);          // copy-constructs
  void (*move)(void* at, void* from);                // move-constructs, then destroys from
  void (*destroy)(void* at);
};

template <class T>
struct ElemOpsOf {
  static constexpr ElemOps value{
      static_cast<uint32_t>(sizeof(T)), [](void* at) { new (at) T(); },
      [](void* at, const void* from) { new (at) T(*static_cast<const T*>(from)); },
      [](void* at, void* from) {
        new (at) T(std::move(*static_cast<T*>(from)));
        static_cast<T*>(from)->~T();
      },
      [](void* at) { static_cast<T*>(at)->~T(); }};
};

// Heap block: this header, then the elements. Elements are aligned to 8 bytes at most.
struct alignas(8) ListRep {
  std::atomic<uint32_t> refs;
  uint32_t size;
  uint32_t capacity;
  const ElemOps* ops;
  char* at(uint32_t i) { return reinterpret_cast<char*>(this + 1) + static_cast<size_t>(i) * ops->size; }
};

class ListBase {
 public:
  ListBase() noexcept = default;
  ListBase(const ListBase& other) noexcept : rep_(other.rep_) {
    if (rep_) rep_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  ListBase(ListBase&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  ListBase& operator=(const ListBase& other) noexcept {
    ListBase copy(other);
    std::swap(rep_, copy.rep_);
    return *this;
  }
  ListBase& operator=(ListBase&& other) noexcept {
    std::swap(rep_, other.rep_);
    return *this;
  }
  ~ListBase() { release(); }

  uint32_t size() const noexcept { return rep_ ? rep_->size : 0; }
  bool empty() const noexcept { return size() == 0; }
  void clear() noexcept {
    release();
    rep_ = nullptr;
  }
  // True when both share one block: equal without looking.
  bool same_block(const ListBase& other) const noexcept { return rep_ == other.rep_; }

  // Type-erased access; `i` must be below size().
  const void* raw_at(uint32_t i) const noexcept { return rep_->at(i); }
  void* raw_mut(uint32_t i) {
    detach(rep_->size);
    return rep_->at(i);
  }
  // Inserts a value-initialised element before position i and returns it.
  void* raw_insert(uint32_t i, const ElemOps& ops);
  void raw_erase(uint32_t i);
  void raw_reserve(uint32_t n, const ElemOps& ops);

 protected:
  void detach(uint32_t capacity);

 private:
  void release() noexcept {
    if (rep_) drop(rep_);
  }
  static void drop(ListRep* rep) noexcept;
  ListRep* rep_ = nullptr;
};

template <class T>
class List : public ListBase {
 public:
  using value_type = T;
  List() noexcept = default;
  List(std::initializer_list<T> items) {
    raw_reserve(static_cast<uint32_t>(items.size()), ElemOpsOf<T>::value);
    for (const T& item : items) push_back(item);
  }
  const T& operator[](size_t i) const { return begin()[i]; }
  const T& front() const { return begin()[0]; }
  const T& back() const { return begin()[size() - 1]; }
  const T* begin() const noexcept { return empty() ? nullptr : static_cast<const T*>(raw_at(0)); }
  const T* end() const noexcept { return empty() ? nullptr : begin() + size(); }
  T& mut(size_t i) { return *static_cast<T*>(raw_mut(static_cast<uint32_t>(i))); }
  T& push_back(T item) {
    T* at = static_cast<T*>(raw_insert(size(), ElemOpsOf<T>::value));
    *at = std::move(item);
    return *at;
  }
  T& insert(size_t i, T item) {
    T* at = static_cast<T*>(raw_insert(static_cast<uint32_t>(i), ElemOpsOf<T>::value));
    *at = std::move(item);
    return *at;
  }
  void erase(size_t i) { raw_erase(static_cast<uint32_t>(i)); }
  void reserve(size_t n) { raw_reserve(static_cast<uint32_t>(n), ElemOpsOf<T>::value); }
  // First element for which the predicate holds, or null.
  template <class P>
  const T* find_if(P&& predicate) const {
    for (const T& item : *this)
      if (predicate(item)) return &item;
    return nullptr;
  }
  template <class P>
  T* mut_if(P&& predicate) {
    for (uint32_t i = 0; i < size(); ++i)
      if (predicate((*this)[i])) return &mut(i);
    return nullptr;
  }
  template <class P>
  uint32_t erase_if(P&& predicate) {
    uint32_t n = 0;
    for (uint32_t i = size(); i-- > 0;)
      if (predicate((*this)[i])) erase(i), ++n;
    return n;
  }
  bool contains(const T& item) const {
    return find_if([&](const T& x) { return x == item; }) != nullptr;
  }
  friend bool operator==(const List& a, const List& b) {
    if (a.same_block(b)) return true;
    if (a.size() != b.size()) return false;
    for (uint32_t i = 0; i < a.size(); ++i)
      if (!(a[i] == b[i])) return false;
    return true;
  }
};

template <class V>
struct MapEntry {
  Str key;
  V value{};
  friend bool operator==(const MapEntry& a, const MapEntry& b) { return a.key == b.key && a.value == b.value; }
};

// Entries sorted by key (bytewise), as Go's encoding/json writes maps.
template <class V>
class Map : public ListBase {
 public:
  using Entry = MapEntry<V>;
  Map() noexcept = default;
  Map(std::initializer_list<Entry> entries) {
    for (const Entry& e : entries) set(e.key, e.value);
  }
  const Entry* begin() const noexcept { return empty() ? nullptr : static_cast<const Entry*>(raw_at(0)); }
  const Entry* end() const noexcept { return empty() ? nullptr : begin() + size(); }
  // The value at key, or null.
  const V* find(std::string_view key) const {
    uint32_t i = lower_bound(key);
    return i < size() && begin()[i].key == key ? &begin()[i].value : nullptr;
  }
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  V get(std::string_view key, V otherwise = V{}) const {
    const V* v = find(key);
    return v ? *v : otherwise;
  }
  void set(Str key, V value) { mut(std::move(key)) = std::move(value); }
  // The value at key, made if it isn't there.
  V& mut(Str key) {
    uint32_t i = lower_bound(key);
    if (i < size() && begin()[i].key == key) return static_cast<Entry*>(raw_mut(i))->value;
    auto* e = static_cast<Entry*>(raw_insert(i, ElemOpsOf<Entry>::value));
    e->key = std::move(key);
    return e->value;
  }
  bool erase(std::string_view key) {
    uint32_t i = lower_bound(key);
    if (i >= size() || begin()[i].key != key) return false;
    raw_erase(i);
    return true;
  }
  friend bool operator==(const Map& a, const Map& b) {
    if (a.same_block(b)) return true;
    if (a.size() != b.size()) return false;
    for (uint32_t i = 0; i < a.size(); ++i)
      if (!(a.begin()[i] == b.begin()[i])) return false;
    return true;
  }

 private:
  uint32_t lower_bound(std::string_view key) const {
    uint32_t lo = 0, hi = size();
    while (lo < hi) {
      uint32_t mid = (lo + hi) / 2;
      if (begin()[mid].key.view() < key)
        lo = mid + 1;
      else
        hi = mid;
    }
    return lo;
  }
};

// An optional struct on the heap, shared until written.
template <class T>
class Box : public ListBase {
 public:
  Box() noexcept = default;
  Box(T value) { mut() = std::move(value); }
  explicit operator bool() const noexcept { return !empty(); }
  const T& operator*() const { return *static_cast<const T*>(raw_at(0)); }
  const T* operator->() const { return static_cast<const T*>(raw_at(0)); }
  const T* get() const noexcept { return empty() ? nullptr : static_cast<const T*>(raw_at(0)); }
  // The value for writing; made if absent.
  T& mut() { return *static_cast<T*>(empty() ? raw_insert(0, ElemOpsOf<T>::value) : raw_mut(0)); }
  void reset() { clear(); }
  friend bool operator==(const Box& a, const Box& b) {
    if (a.same_block(b)) return true;
    return a.empty() == b.empty() && (a.empty() || *a == *b);
  }
};

}  // namespace orrery
