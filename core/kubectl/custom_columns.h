// -o custom-columns=HEAD:.path,...
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace orrery::kubectl {

bool print_custom_columns(const nlohmann::json& object, const std::string& spec, bool headers, std::string& out, std::string& error);

}  // namespace orrery::kubectl
