// Checks JSON against lessons/schema/lesson.schema.json: the part of JSON Schema that it uses
// (type, enum, const, pattern, minimum, maximum, required, properties, additionalProperties, items, minItems, oneOf,
// $ref).
#pragma once

#include <string>
#include <vector>

#include "playground/lesson_engine/yaml_json.h"

namespace orrery::lesson {

// Adds a Problem, with its line, for each rule of `schema` that `yaml` breaks.
void check_schema(const std::string& file, const YamlFile& yaml, const nlohmann::json& schema,
                  std::vector<Problem>& problems);

}  // namespace orrery::lesson
