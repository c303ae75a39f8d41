// Any text as a quantity: an error, or a canonical form that reads back as itself.
#include "core/base/quantity.h"

#include "tests/fuzz/require.h"

using namespace orrery;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto quantity = Quantity::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!quantity) return 0;
  std::string canonical = quantity->str();
  auto again = Quantity::parse(canonical);
  require(bool(again), "the canonical form parses");
  require(again->str() == canonical, "the canonical form is stable");
  require(*quantity == *again, "the canonical form has the same value");
  return 0;
}
