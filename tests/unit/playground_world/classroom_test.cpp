// The questions around a module, as the classroom shows them.
#include <doctest/doctest.h>

#include <algorithm>

#include "embed/lessons_bundle.h"
#include "playground/app/classroom.h"

using namespace orrery;
using viewmodel::Language;

namespace {

// A world in which nothing happens: the lessons never begin.
class StillWorld final : public lesson::LessonWorld {
 public:
  std::int64_t now_ns() const override { return 0; }
  void watch(const std::vector<std::string>&) override {}
  std::vector<lesson::Change> take_changes() override { return {}; }
};

struct Room {
  Room() { classroom.load(std::string(embedded::lessons_bundle)); }
  std::string id() const { return classroom.document(Language::English).id; }
  StillWorld world;
  app::Classroom classroom;
};

}  // namespace

TEST_CASE("Classroom: a module's first lesson begins with the questions, once; one action leads on to the lesson") {
  Room room;
  room.classroom.begin("delete-one", room.world);
  CHECK(room.id() == "questions/A/before#1");
  REQUIRE(room.classroom.act("questions.skip", "questions.skip"));
  CHECK(room.classroom.changed_learning());
  CHECK(room.id() == "lesson/delete-one#waiting");
  CHECK_FALSE(room.classroom.act("questions.skip", "questions.skip"));
  room.classroom.begin("delete-one", room.world);
  CHECK(room.id() == "lesson/delete-one#waiting");
}

TEST_CASE("Classroom: answered questions lead on to the lesson; other lessons ask nothing first") {
  Room room;
  room.classroom.begin("three-am", room.world);
  CHECK(room.id() == "lesson/three-am#waiting");
  room.classroom.begin("one-command", room.world);
  for (int i = 0; i < 5; ++i) {
    const viewmodel::Document document = room.classroom.document(Language::English);
    const auto choice = std::find_if(document.blocks.begin(), document.blocks.end(), [](const auto& b) { return b.action == "questions.choose"; });
    REQUIRE(choice != document.blocks.end());
    REQUIRE(room.classroom.act("questions.choose", choice->id));
  }
  CHECK(room.id() == "lesson/one-command#waiting");
  CHECK(room.classroom.learning().results.size() == 5);
}

TEST_CASE("Classroom: who has done a module's first lesson is not asked before it any more") {
  Room room;
  room.classroom.learning().done = {"delete-one"};
  room.classroom.begin("delete-one", room.world);
  CHECK(room.id() == "lesson/delete-one#waiting");
}
