// YAML in and out, as kubectl and the API server read and print it (sigs.k8s.io/yaml over go-yaml v2, YAML 1.1 scalars).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace orrery::api {

inline constexpr size_t kYamlNodesMax = 1'000'000;  // after aliases are expanded

// A part of a stream between lines "---"; `line` is where it starts, from 1.
struct YamlPart {
  std::string_view text;
  int line;
};
// Parts that hold nothing but white space and comments are left out.
std::vector<YamlPart> split_yaml(std::string_view text);

// One YAML (or JSON) document as a tree; an empty document is null. Unquoted scalars become booleans, numbers and null
// by YAML 1.1's rules. Errors: "error converting YAML to JSON: yaml: line 3: mapping values are not allowed in this
// context". Duplicate keys are an error when strict (`... yaml: unmarshal errors:\n  line 5: key "name" already set in
// map`), else the last one counts.
Result<nlohmann::json> yaml_to_dom(std::string_view text, bool strict = true);
// The same as compact JSON text.
Result<std::string> yaml_to_json(std::string_view text, bool strict = true);
// Each document of a stream as compact JSON text, empty ones left out.
Result<std::vector<std::string>> yaml_documents(std::string_view text, bool strict = true);

// As `kubectl -o yaml` prints: sorted keys, two spaces, lists not indented, long texts folded near column 80.
std::string dom_to_yaml(const nlohmann::json& dom);
// REQUIRES: json is valid JSON
std::string json_to_yaml(std::string_view json);

// How go-yaml reads an unquoted scalar; also decides whether a text must be quoted when printed.
enum class YamlScalar : uint8_t { String, Null, Bool, Int, Float, Timestamp };
YamlScalar yaml_scalar_kind(std::string_view text);

}  // namespace orrery::api
