// Any bytes as a Pod in JSON: an error or an object, and what is written reads back as what is written.
#include "core/api/json.h"

#include "core/api/gen/core_v1.h"
#include "tests/fuzz/require.h"

using namespace orrery;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  api::DecodeNotes notes;
  auto pod = api::from_json<api::core_v1::Pod>(text, &notes);
  if (pod) {
    std::string once = api::to_json(*pod);
    auto again = api::from_json<api::core_v1::Pod>(once);
    require(bool(again), "what was encoded decodes");
    require(api::to_json(*again) == once, "encoding is stable");
  }
  (void)api::any_object_from_json(text);
  (void)api::compact_json(text);
  return 0;
}
