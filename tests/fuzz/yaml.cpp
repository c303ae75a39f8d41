// Any bytes as YAML: an error or JSON that our own JSON reader takes.
#include "core/api/yaml.h"

#include "core/api/json.h"
#include "tests/fuzz/require.h"

using namespace orrery;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (bool strict : {true, false}) {
    auto documents = api::yaml_documents(text, strict);
    if (!documents) continue;
    for (const std::string& document : *documents) require(bool(api::compact_json(document)), "YAML turns into valid JSON");
  }
  return 0;
}
