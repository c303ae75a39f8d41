// The lessons of this repository, as far as they can be judged without running them.
#include <doctest/doctest.h>

#include "embed/lessons_bundle.h"
#include "playground/lesson_engine/library.h"
#include "tests/unit/lesson_engine/toy_world.h"

using namespace orrery::lesson;

TEST_CASE("lessons: every lesson and the glossary pass the check") {
  const Library library = load_library(std::string(orrery::embedded::lessons_bundle));
  for (const Problem& problem : library.problems) FAIL_CHECK(to_string(problem));
  for (const Problem& problem : check_library(library)) FAIL_CHECK(to_string(problem));
  CHECK(library.lessons.size() >= 3);
  CHECK(library.glossary.size() >= 10);
  REQUIRE(library.find("delete-one"));
  CHECK(library.lessons[0]->id == "delete-one");
  CHECK_FALSE(library.find("no-such-lesson"));
}

TEST_CASE("Library: lessons come in the order of the curriculum, and a bad one doesn't hide the others") {
  Json bundle;
  bundle["lessons/1/lesson.yaml"] = toy_lesson_with("module: A\norder: 9", "module: incident\norder: 1");
  bundle["lessons/2/lesson.yaml"] = toy_lesson_with("module: A\norder: 9", "module: B\norder: 2");
  bundle["lessons/3/lesson.yaml"] = toy_lesson_with("module: A\norder: 9", "module: B\norder: 1");
  bundle["lessons/4/lesson.yaml"] = "format: 7";
  const Library library = load_library(bundle.dump());
  REQUIRE(library.lessons.size() == 3);
  CHECK(library.lessons[0]->module + std::to_string(library.lessons[0]->order) == "B1");
  CHECK(library.lessons[1]->module + std::to_string(library.lessons[1]->order) == "B2");
  CHECK(library.lessons[2]->module == "incident");
  CHECK(library.problems.size() == 1);
  CHECK(check_library(library).size() == 1);  // without a schema nothing can be checked
  CHECK(load_library("[]").problems.size() == 1);
}
