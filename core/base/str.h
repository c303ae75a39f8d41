// Str: an immutable, shared string of one pointer.
//
// API objects hold hundreds of strings, most of them empty or equal to another object's. A Str is one pointer
// (null for the empty string); copying it counts a reference. Contents never change after construction, so a Str
// may be shared between threads. May hold any bytes, NUL included.
#pragma once

#include <atomic>
#include <charconv>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace orrery {

class Str;
namespace detail {
Str join_str(std::initializer_list<std::string_view> pieces);
}

class Str {
 public:
  Str() noexcept = default;
  Str(std::string_view text);  // NOLINT: implicit on purpose, literals and std::string read as text
  Str(const std::string& text) : Str(std::string_view(text)) {}
  Str(const char* text) : Str(std::string_view(text)) {}
  Str(const Str& other) noexcept : rep_(other.rep_) { retain(); }
  Str(Str&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Str& operator=(const Str& other) noexcept {
    Str copy(other);
    std::swap(rep_, copy.rep_);
    return *this;
  }
  Str& operator=(Str&& other) noexcept {
    std::swap(rep_, other.rep_);
    return *this;
  }
  ~Str() { release(); }

  std::string_view view() const noexcept {
    return rep_ ? std::string_view(reinterpret_cast<const char*>(rep_ + 1), rep_->size) : std::string_view();
  }
  operator std::string_view() const noexcept { return view(); }
  std::string str() const { return std::string(view()); }
  // NUL-terminated; valid while this Str (or a copy) lives.
  const char* c_str() const noexcept { return rep_ ? reinterpret_cast<const char*>(rep_ + 1) : ""; }
  bool empty() const noexcept { return rep_ == nullptr; }
  uint32_t size() const noexcept { return rep_ ? rep_->size : 0; }
  // True when both share one block of memory: a cheap test that may say false for equal texts.
  bool same_block(const Str& other) const noexcept { return rep_ == other.rep_; }

  friend bool operator==(const Str& a, const Str& b) noexcept { return a.rep_ == b.rep_ || a.view() == b.view(); }
  friend std::strong_ordering operator<=>(const Str& a, const Str& b) noexcept { return order(a.view(), b.view()); }
  template <class T>
    requires(std::is_convertible_v<const T&, std::string_view> && !std::is_same_v<std::decay_t<T>, Str>)
  friend bool operator==(const Str& a, const T& b) noexcept {
    return a.view() == std::string_view(b);
  }
  template <class T>
    requires(std::is_convertible_v<const T&, std::string_view> && !std::is_same_v<std::decay_t<T>, Str>)
  friend std::strong_ordering operator<=>(const Str& a, const T& b) noexcept {
    return order(a.view(), std::string_view(b));
  }

 private:
  friend class StrBuilder;
  friend Str detail::join_str(std::initializer_list<std::string_view> pieces);
  struct Rep {
    std::atomic<uint32_t> refs;
    uint32_t size;
  };
  static std::strong_ordering order(std::string_view a, std::string_view b) noexcept {
    int c = a.compare(b);
    return c < 0 ? std::strong_ordering::less : c > 0 ? std::strong_ordering::greater : std::strong_ordering::equal;
  }
  void retain() noexcept {
    if (rep_) rep_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  void release() noexcept {
    if (rep_) drop(rep_);
  }
  static void drop(Rep* rep) noexcept;

  Rep* rep_ = nullptr;
};

// Grows a long text piece by piece; take() hands it over without a copy.
class StrBuilder {
 public:
  StrBuilder() noexcept = default;
  StrBuilder(const StrBuilder& other) { append(other.view()); }
  StrBuilder(StrBuilder&& other) noexcept { swap(other); }
  StrBuilder& operator=(StrBuilder other) noexcept {
    swap(other);
    return *this;
  }
  ~StrBuilder();
  void append(std::string_view text);
  std::string_view view() const noexcept;
  Str take();

 private:
  void swap(StrBuilder& other) noexcept {
    std::swap(rep_, other.rep_);
    std::swap(capacity_, other.capacity_);
  }
  Str::Rep* rep_ = nullptr;
  size_t capacity_ = 0;
};

// Joins texts and integers without a format string: cat("Created pod: ", name, " (", 3, ")").
namespace detail {
// One argument of cat(): a text, or a number's digits, which it holds.
class Piece {
 public:
  Piece(std::string_view s) : text_(s) {}
  Piece(const char* s) : text_(s) {}
  Piece(const std::string& s) : text_(s) {}
  Piece(const Str& s) : text_(s.view()) {}
  Piece(char c) : text_(digits_, 1) { digits_[0] = c; }
  Piece(bool b) : text_(b ? "true" : "false") {}
  template <class I>
    requires(std::is_integral_v<I> && !std::is_same_v<I, char> && !std::is_same_v<I, bool>)
  Piece(I n) : text_(digits_, static_cast<size_t>(std::to_chars(digits_, digits_ + sizeof(digits_), n).ptr - digits_)) {}
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;
  std::string_view view() const { return text_; }

 private:
  char digits_[20];  // "-9223372036854775808"
  std::string_view text_;
};
std::string join(std::initializer_list<std::string_view> pieces);
}  // namespace detail

template <class... Args>
std::string cat(const Args&... args) {
  return detail::join({detail::Piece(args).view()...});
}
// The same as a Str, without a std::string on the way.
template <class... Args>
Str cat_str(const Args&... args) {
  return detail::join_str({detail::Piece(args).view()...});
}

}  // namespace orrery
