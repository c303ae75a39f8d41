// Reading the Engine's JSON: a field that is absent, null or of another type reads as the type's zero.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace orrery::docker {

using Json = nlohmann::json;

// Discarded (is_discarded()) when the text isn't JSON; never throws.
inline Json parse_json(std::string_view text) { return Json::parse(text, nullptr, false); }
// Any bytes as JSON text; what isn't UTF-8 is replaced.
inline std::string dump_json(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

inline const Json& field(const Json& json, std::string_view name) {
  static const Json none;
  if (!json.is_object()) return none;
  auto it = json.find(name);
  return it == json.end() ? none : *it;
}
template <class... More>
const Json& field(const Json& json, std::string_view name, More... more) {
  return field(field(json, name), more...);
}
template <class... Path>
std::string_view text_at(const Json& json, Path... path) {
  const Json& f = field(json, std::string_view(path)...);
  return f.is_string() ? std::string_view(f.get_ref<const std::string&>()) : std::string_view();
}
template <class... Path>
int64_t number_at(const Json& json, Path... path) {
  const Json& f = field(json, std::string_view(path)...);
  return f.is_number() ? f.get<int64_t>() : 0;
}
template <class... Path>
bool flag_at(const Json& json, Path... path) {
  const Json& f = field(json, std::string_view(path)...);
  return f.is_boolean() && f.get<bool>();
}
// The Engine writes year 1 for "never".
template <class... Path>
WallTime time_at(const Json& json, Path... path) {
  std::string_view text = text_at(json, path...);
  WallTime t;
  if (text.empty() || text.substr(0, 5) == "0001-" || !parse_rfc3339(text, t)) return {};
  return t;
}

}  // namespace orrery::docker
