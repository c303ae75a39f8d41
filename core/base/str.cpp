#include "core/base/str.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "core/base/check.h"

namespace orrery {

Str::Str(std::string_view text) {
  if (text.empty()) return;
  ORRERY_CHECK(text.size() < UINT32_MAX, "a Str holds less than 4 GiB");
  void* memory = std::malloc(sizeof(Rep) + text.size() + 1);
  ORRERY_CHECK(memory != nullptr, "out of memory");
  rep_ = new (memory) Rep{{1}, static_cast<uint32_t>(text.size())};
  char* chars = reinterpret_cast<char*>(rep_ + 1);
  std::memcpy(chars, text.data(), text.size());
  chars[text.size()] = '\0';
}

// The last owner needs no locked subtraction: nobody else can count up from nothing.
void Str::drop(Rep* rep) noexcept {
  if (rep->refs.load(std::memory_order_acquire) == 1 || rep->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    std::free(rep);
}

namespace detail {

std::string join(std::initializer_list<std::string_view> pieces) {
  size_t size = 0;
  for (std::string_view piece : pieces) size += piece.size();
  std::string out;
  out.reserve(size);
  for (std::string_view piece : pieces) out.append(piece);
  return out;
}

Str join_str(std::initializer_list<std::string_view> pieces) {
  size_t size = 0;
  for (std::string_view piece : pieces) size += piece.size();
  Str out;
  if (size == 0) return out;
  ORRERY_CHECK(size < UINT32_MAX, "a Str holds less than 4 GiB");
  void* memory = std::malloc(sizeof(Str::Rep) + size + 1);
  ORRERY_CHECK(memory != nullptr, "out of memory");
  out.rep_ = new (memory) Str::Rep{{1}, static_cast<uint32_t>(size)};
  char* at = reinterpret_cast<char*>(out.rep_ + 1);
  for (std::string_view piece : pieces) at = std::copy(piece.begin(), piece.end(), at);
  *at = '\0';
  return out;
}

}  // namespace detail

StrBuilder::~StrBuilder() { std::free(rep_); }

std::string_view StrBuilder::view() const noexcept {
  return rep_ ? std::string_view(reinterpret_cast<const char*>(rep_ + 1), rep_->size) : std::string_view();
}

void StrBuilder::append(std::string_view text) {
  size_t size = view().size() + text.size();
  ORRERY_CHECK(size < UINT32_MAX, "a Str holds less than 4 GiB");
  if (sizeof(Str::Rep) + size + 1 > capacity_) {
    // realloc moves a large block's pages instead of copying them.
    capacity_ = std::max<size_t>(2 * capacity_, sizeof(Str::Rep) + size + 1);
    auto* grown = static_cast<Str::Rep*>(std::realloc(static_cast<void*>(rep_), capacity_));
    ORRERY_CHECK(grown != nullptr, "out of memory");
    if (!rep_) new (grown) Str::Rep{{1}, 0};
    rep_ = grown;
  }
  std::memcpy(reinterpret_cast<char*>(rep_ + 1) + rep_->size, text.data(), text.size());
  rep_->size = static_cast<uint32_t>(size);
}

Str StrBuilder::take() {
  Str out;
  if (!rep_ || rep_->size == 0) return out;
  reinterpret_cast<char*>(rep_ + 1)[rep_->size] = '\0';
  out.rep_ = std::exchange(rep_, nullptr);
  capacity_ = 0;
  return out;
}

}  // namespace orrery
