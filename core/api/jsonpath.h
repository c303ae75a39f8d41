// Kubernetes' JSONPath templates (client-go util/jsonpath): {.items[*].metadata.name}, {range .items[*]}...{end},
// filters
// [?(@.a=="b")], slices, "text", {"\n"}.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace orrery::api {

bool print_jsonpath(const nlohmann::json& object, const std::string& text, std::string& out, std::string& error);
// A value as a template prints it: strings without quotes.
std::string jsonpath_text(const nlohmann::json& value);
// Values at a path such as ".status.phase"; empty when there is none.
std::vector<const nlohmann::json*> at_path(const nlohmann::json& object, const std::string& path, std::string& error);

}  // namespace orrery::api
