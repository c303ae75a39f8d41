// JSON trees as Go's %v prints them: map[a:1 b:[x y]].
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace orrery::api {

std::string go_print(const nlohmann::json& value);

}  // namespace orrery::api
