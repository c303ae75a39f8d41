// A schema of a custom resource in the first line, an object in the rest: reading, pruning, defaulting and checking end,
// and doing the first two again changes nothing.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/api/custom/schema.h"
#include "core/api/json_dom.h"
#include "tests/fuzz/require.h"

using namespace orrery::api;
using nlohmann::json;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  auto props = parse_dom(input.substr(0, line)), object = parse_dom(input.substr(line + 1));
  if (!props.ok() || !object.ok() || !object->is_object()) return 0;
  Schema schema = Schema::read(*props);
  SchemaTypes types(schema, "Thing", "example.com/v1");
  std::vector<std::string> unknown;
  prune(schema, *object, &unknown);
  json pruned = *object;
  prune(schema, pruned, nullptr);
  require(pruned == *object, "pruning twice is pruning once");
  set_schema_defaults(schema, *object);
  (void)check_schema(schema, *object);
  return 0;
}
