// Reads lessons and the glossary from their YAML.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "playground/lesson_engine/lesson.h"
#include "playground/lesson_engine/yaml_json.h"

namespace orrery::lesson {

// Null when the text can't be a lesson; `problems` then says why. For a lesson that passes `check_lesson` it never
// fails.
std::shared_ptr<const Lesson> load_lesson(const std::string& file, const std::string& text,
                                          std::vector<Problem>& problems);
std::shared_ptr<const Lesson> load_lesson(const std::string& file, const YamlFile& yaml,
                                          std::vector<Problem>& problems);

// The terms in the order of the file.
std::vector<Term> load_glossary(const std::string& file, const std::string& text, std::vector<Problem>& problems);

}  // namespace orrery::lesson
