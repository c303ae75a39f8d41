#include "core/base/str.h"

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

void Str::release() noexcept {
  if (rep_ && rep_->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) std::free(rep_);
}

}  // namespace orrery
