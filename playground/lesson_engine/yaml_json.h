// YAML text as JSON that still knows its lines.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "playground/lesson_engine/lesson.h"

namespace orrery::lesson {

struct YamlFile {
  nlohmann::json value;
  std::map<std::string, int> lines;  // by path as Problem::path writes it; "" is the whole
  // The line of `path`, or of the nearest part around it.
  int line_of(const std::string& path) const;
};

// Reads one document. Plain scalars follow YAML 1.2's core schema, so `on` and `True` are texts; a key that stands
// twice is a problem. Adds to `problems` and returns what could be read.
YamlFile read_yaml(const std::string& file, const std::string& text, std::vector<Problem>& problems);

}  // namespace orrery::lesson
