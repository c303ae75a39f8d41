// The applied configuration: which fields it speaks of, and what a live object becomes with it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/api/apply/field_set.h"
#include "core/api/reflect.h"

namespace orrery::api {

// The fields that stand in the configuration. Errors in structured-merge-diff's words:
// `.spec.foo: field not declared in schema`.
Result<FieldSet> config_fields(const TypeDesc& type, const nlohmann::json& config);
// Fields of the configuration replace or join those of the live object.
nlohmann::json merge_config(const TypeDesc& type, nlohmann::json live, const nlohmann::json& config);
// Takes out each path of `gone` below which nothing of `kept` stands.
nlohmann::json remove_fields(const TypeDesc& type, nlohmann::json object, const FieldSet& gone, const FieldSet& kept);

}  // namespace orrery::api
