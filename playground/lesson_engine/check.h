// `orrery lesson check`: everything that can be said about a lesson without running it.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "playground/lesson_engine/lesson.h"

namespace orrery::lesson {

constexpr int kNearMissesMin = 2;

// Empty when the file is a good lesson. `schema` is lessons/schema/lesson.schema.json.
std::vector<Problem> check_lesson(const std::string& file, const std::string& text, const nlohmann::json& schema,
                                  const std::vector<Term>& glossary);
std::vector<Problem> check_glossary(const std::string& file, const std::vector<Term>& glossary);
// Rules over all lessons together: ids are unique, `needs` exist.
std::vector<Problem> check_together(const std::vector<const Lesson*>& lessons);

}  // namespace orrery::lesson
