// A text member of a JSON object, "" when it has none.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace orrery::app {

inline std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace orrery::app
