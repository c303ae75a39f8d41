// The questions around a module, as the classroom shows them.
#include <doctest/doctest.h>

#include <algorithm>

#include "embed/lessons_bundle.h"
#include "playground/app/classroom.h"
#include "tests/unit/lesson_engine/toy_world.h"

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

TEST_CASE("Classroom: after the questions the first lesson says that it begins") {
  Room room;
  room.classroom.begin("delete-one", room.world);
  room.classroom.act("questions.skip", "questions.skip");
  const auto begins = [&] {
    const viewmodel::Document document = room.classroom.document(Language::English);
    return std::any_of(document.blocks.begin(), document.blocks.end(), [](const auto& block) { return block.id == "begins"; });
  };
  CHECK(begins());
  room.classroom.begin("three-am", room.world);
  CHECK_FALSE(begins());
}

namespace {

// A library of the toy lesson alone, taken on a toy world.
struct ToyRoom {
  explicit ToyRoom(bool goes_back = true) {
    lesson::Json bundle;
    bundle["lessons/1/lesson.yaml"] = lesson::toy_lesson();
    classroom.load(bundle.dump());
    world.put("web", "Running", lesson::Change::Type::Existing);
    classroom.begin("toy", world, goes_back);
    classroom.update(world);
  }
  void type(const std::string& line) {
    world.run(line);
    classroom.command_ended();
    classroom.update(world);
  }
  void act(const std::string& action, const std::string& block) {
    REQUIRE(classroom.act(action, block));
    classroom.update(world);
  }
  std::ptrdiff_t place(const std::string& id) const {
    const viewmodel::Document document = classroom.document(Language::English);
    const auto found = std::find_if(document.blocks.begin(), document.blocks.end(), [&](const auto& block) { return block.id == id; });
    return found == document.blocks.end() ? -1 : found - document.blocks.begin();
  }
  lesson::ToyWorld world;
  app::Classroom classroom;
};

}  // namespace

TEST_CASE("Classroom: a step that was tried can be started over, where the cluster goes back") {
  for (const bool goes_back : {true, false}) {
    ToyRoom room(goes_back);
    CHECK(room.place("lesson.over") == -1);  // a question
    room.act("lesson.choose", "two");
    room.act("lesson.next", "");
    CHECK(room.place("lesson.over") == -1);  // nothing was tried
    room.type("kubectl create extr");
    CHECK((room.place("lesson.over") >= 0) == goes_back);
    room.type("kubectl create extra");
    CHECK(room.place("lesson.over") == -1);  // done
  }
}

TEST_CASE("Classroom: a module's last lesson ends with the module, the ways on stand before the words and commands") {
  ToyRoom room;
  room.type("kubectl create extra");
  room.act("lesson.choose", "two");
  for (int i = 0; i < 3; ++i) room.act("lesson.next", "");
  CHECK(room.place("module_end") == -1);
  room.type("kubectl label extra colour=red");
  room.world.advance(3 * lesson::kSecond);
  room.classroom.update(room.world);
  room.act("lesson.next", "");
  room.act("lesson.choose", "a");
  room.act("lesson.next", "");
  CHECK(room.place("module_end") >= 0);
  CHECK(room.place("module_end") < room.place("complete"));
  const viewmodel::Document document = room.classroom.document(Language::English);
  CHECK(viewmodel::plain_text(document.blocks[static_cast<std::size_t>(room.place("module_end.text"))].spans) == "Lessons taken: 1/1.");
}

TEST_CASE("Classroom: a lesson's minutes stand whole behind its title, wherever the line breaks") {
  ToyRoom room;
  const viewmodel::Document list = room.classroom.list(Language::English, false, false);
  const auto toy = std::find_if(list.blocks.begin(), list.blocks.end(), [](const auto& block) { return block.action == "open:toy"; });
  REQUIRE(toy != list.blocks.end());
  CHECK(viewmodel::plain_text(toy->spans) == "A9  Toy  (3\u00a0min)");
}

TEST_CASE("Classroom: where the printed lessons stand beside the page, the list and a lesson's end link to them") {
  const auto address = [](const viewmodel::Document& document) {
    const auto found = std::find_if(document.blocks.begin(), document.blocks.end(), [](const auto& block) { return block.id == "printed"; });
    return found == document.blocks.end() ? std::string() : found->action;
  };
  ToyRoom room;
  CHECK(address(room.classroom.list(Language::English, true, false)).empty());
  room.classroom.set_printed("lessons/");
  CHECK(address(room.classroom.list(Language::English, true, false)) == "go:lessons/index.html");
  CHECK(address(room.classroom.list(Language::Korean, false, false)) == "go:lessons/index.ko.html");
  CHECK(address(room.classroom.document(Language::English)).empty());  // it has the answers
  room.type("kubectl create extra");
  room.act("lesson.choose", "two");
  for (int i = 0; i < 3; ++i) room.act("lesson.next", "");
  room.type("kubectl label extra colour=red");
  room.world.advance(3 * lesson::kSecond);
  room.classroom.update(room.world);
  room.act("lesson.next", "");
  room.act("lesson.choose", "a");
  room.act("lesson.next", "");
  CHECK(address(room.classroom.document(Language::English)) == "go:lessons/toy.en.html");
  CHECK(address(room.classroom.document(Language::Korean)) == "go:lessons/toy.ko.html");
}

TEST_CASE("Classroom: what a term means is read without the marks that a text has") {
  Room room;
  for (Language language : {Language::English, Language::Korean})
    for (const viewmodel::GlossaryEntry& entry : room.classroom.glossary(language)) {
      CAPTURE(entry.id);
      CHECK_FALSE(entry.meaning.empty());
      CHECK(entry.meaning.find('`') == std::string::npos);
      CHECK(entry.meaning.find("](term:") == std::string::npos);
    }
}
