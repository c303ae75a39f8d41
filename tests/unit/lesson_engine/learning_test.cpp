#include <doctest/doctest.h>

#include "playground/lesson_engine/learning.h"
#include "playground/lesson_engine/loader.h"
#include "tests/unit/lesson_engine/toy_world.h"

using namespace orrery::lesson;

namespace {

Progress finished(const std::string& lesson, const std::vector<std::string>& missed = {}) {
  Progress out;
  out.lesson = lesson;
  out.complete = true;
  out.answers = {{"guess", "a"}, {"quiz", "b"}};
  out.missed = missed;
  return out;
}

}  // namespace

TEST_CASE("Learning: a missed prediction comes back two lessons later, then after 1, 3 and 7 days") {
  Learning learning;
  complete_lesson(learning, finished("a", {"guess"}), 100);
  CHECK(learning.due(200) == nullptr);
  complete_lesson(learning, finished("b"), 100);
  CHECK(learning.due(200) == nullptr);
  complete_lesson(learning, finished("c"), 100);
  REQUIRE(learning.due(100) != nullptr);
  CHECK(learning.due(100)->step == "guess");
  std::int64_t day = 100;
  for (const std::int64_t after : {1, 3, 7}) {
    answer_card(learning, Card(*learning.due(day)), true, day);
    CHECK(learning.due(day + after - 1) == nullptr);
    REQUIRE(learning.due(day + after) != nullptr);
    day += after;
  }
  answer_card(learning, Card(*learning.due(day)), true, day);
  CHECK(learning.cards.empty());
}

TEST_CASE("Learning: missed again it comes back tomorrow, taken again the lesson decides") {
  Learning learning;
  complete_lesson(learning, finished("a", {"guess"}), 10);
  learning.lessons = 9;
  answer_card(learning, Card(*learning.due(10)), true, 10);
  answer_card(learning, Card(*learning.due(11)), true, 11);
  answer_card(learning, Card(*learning.due(14)), false, 14);
  CHECK(learning.due(14) == nullptr);
  REQUIRE(learning.due(15) != nullptr);
  complete_lesson(learning, finished("a", {"guess"}), 15);
  CHECK(learning.cards.size() == 1);
  CHECK(learning.cards[0].stage == 0);
  CHECK(learning.done == std::vector<std::string>{"a"});
}

TEST_CASE("Learning: outlives the page as text") {
  Learning learning;
  complete_lesson(learning, finished("a", {"guess", "quiz"}), 10);
  const Learning again = read_learning(learning_text(learning));
  CHECK(again.cards == learning.cards);
  CHECK(again.done == learning.done);
  CHECK(again.lessons == 1);
  CHECK(again.results.size() == 2);
  CHECK_FALSE(again.results[0].right);
  // As format 1 was written, for ever.
  CHECK(read_learning(R"({"cards":[["a","guess",1,3,11]],"done":["a"],"format":1,"lessons":3,"results":[[10,"a","guess",false]]})").cards ==
        std::vector<Card>{{"a", "guess", 1, 3, 11}});
  CHECK(read_learning("").lessons == 0);
  CHECK(read_learning(R"({"format":1,"cards":[3]})").cards.empty());
}

TEST_CASE("Learning: the result of one round of questions") {
  Learning learning;
  note_result(learning, {1, "A/before", "one", true, ""});
  note_result(learning, {1, "A/before", "two", false, ""});
  note_result(learning, {2, "A/after", "one", false, ""});
  CHECK(round_result(learning, "A/before").right == 1);
  CHECK(round_result(learning, "A/before").asked == 2);
  CHECK(round_result(learning, "B/before").asked == 0);
}

TEST_CASE("Learning: a question that comes back can be skipped, and once answered one goes on") {
  std::vector<Problem> problems;
  const auto lesson = load_lesson("toy.yaml", toy_lesson(), problems);
  REQUIRE(lesson);
  const auto last = [&](const std::string& chosen, orrery::viewmodel::Language language) {
    const auto document = review_document(*lesson, {"toy", lesson->steps[0].id, 0, 0, 0}, chosen, language);
    CHECK(document.blocks.back().action == "review.close");
    return orrery::viewmodel::plain_text(document.blocks.back().spans);
  };
  CHECK(last("", orrery::viewmodel::Language::English) == "Skip it");
  CHECK(last("", orrery::viewmodel::Language::Korean) == "건너뛰기");
  CHECK(last(lesson->steps[0].options[0].id, orrery::viewmodel::Language::Korean) == "계속하기");
}
