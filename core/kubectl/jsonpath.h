// kubectl's JSONPath templates (client-go util/jsonpath): {.items[*].metadata.name}, {range .items[*]}...{end}, filters
// [?(@.a=="b")], slices, "text", {"\n"}; and custom-columns=HEAD:.path,...
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace orrery::kubectl {

bool print_jsonpath(const nlohmann::json& object, const std::string& text, std::string& out, std::string& error);
bool print_custom_columns(const nlohmann::json& object, const std::string& spec, std::string& out, std::string& error);
// Values at a path such as ".status.phase"; empty when there is none.
std::vector<const nlohmann::json*> at_path(const nlohmann::json& object, const std::string& path, std::string& error);

}  // namespace orrery::kubectl
