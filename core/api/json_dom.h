// Objects as nlohmann::json trees, for code that works on any JSON: patches, server-side apply, OpenAPI.
// Object keys are sorted. Include <nlohmann/json.hpp> where the trees are used.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/api/json.h"

namespace orrery::api {

nlohmann::json to_dom(const TypeDesc& type, const void* object, const TypeMeta& meta);
nlohmann::json to_dom(const ObjectPtr& object);
// Into a value-initialised object.
Result<void> from_dom(const nlohmann::json& dom, const TypeDesc& type, void* into, DecodeNotes* notes = nullptr);
Result<ObjectPtr> object_from_dom(const nlohmann::json& dom, const TypeDesc& type, DecodeNotes* notes = nullptr);
// Parses with the nesting limit of requests; errors in Go's words. `duplicates` collects `duplicate field "a.b[0].c"`.
Result<nlohmann::json> parse_dom(std::string_view text, std::vector<std::string>* duplicates = nullptr);

}  // namespace orrery::api
