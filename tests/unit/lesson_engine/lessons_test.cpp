// The lessons of this repository, as far as they can be judged without running them.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "playground/lesson_engine/check.h"
#include "playground/lesson_engine/loader.h"

using namespace orrery::lesson;

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("lessons: every lesson and the glossary pass the check") {
  std::vector<Problem> problems;
  const std::vector<Term> glossary =
      load_glossary("lessons/glossary.yaml", read_file("lessons/glossary.yaml"), problems);
  const std::vector<Problem> about_terms = check_glossary("lessons/glossary.yaml", glossary);
  problems.insert(problems.end(), about_terms.begin(), about_terms.end());
  const Json schema = Json::parse(read_file("lessons/schema/lesson.schema.json"));
  std::vector<std::shared_ptr<const Lesson>> lessons;
  for (const auto& folder : std::filesystem::directory_iterator("lessons")) {
    const std::filesystem::path file = folder.path() / "lesson.yaml";
    if (!std::filesystem::exists(file)) continue;
    const std::vector<Problem> found = check_lesson(file.string(), read_file(file), schema, glossary);
    problems.insert(problems.end(), found.begin(), found.end());
    if (found.empty()) lessons.push_back(load_lesson(file.string(), read_file(file), problems));
  }
  std::vector<const Lesson*> all;
  for (const auto& lesson : lessons) all.push_back(lesson.get());
  const std::vector<Problem> together = check_together(all);
  problems.insert(problems.end(), together.begin(), together.end());
  for (const Problem& problem : problems) FAIL_CHECK(to_string(problem));
  CHECK(lessons.size() >= 3);
  CHECK(glossary.size() >= 10);
}
