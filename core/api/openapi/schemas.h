// Schemas of types, in the two dialects.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>

#include "core/api/reflect.h"

namespace orrery::api::openapi {

enum class Dialect : uint8_t { V2, V3 };

using Schemas = std::map<std::string, nlohmann::json>;  // by definition name

// The values of a string field, when Kubernetes says that there are no others; else null.
const EnumDesc* closed_enum(const TypeDesc& owner, const Field& f);
std::string ref_to(Dialect dialect, std::string_view name);
// The schema of a type, and of all that it refers to, into `out`.
void add_schema(Dialect dialect, const TypeDesc& type, Schemas& out);
// {"$ref": ...}, for bodies and answers
nlohmann::json schema_ref(Dialect dialect, std::string_view name);

}  // namespace orrery::api::openapi
