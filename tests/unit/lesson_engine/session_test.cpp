#include <doctest/doctest.h>

#include <algorithm>

#include "playground/lesson_engine/lesson_document.h"
#include "playground/lesson_engine/loader.h"
#include "tests/unit/lesson_engine/toy_world.h"

using namespace orrery::lesson;
using orrery::viewmodel::Block;
using orrery::viewmodel::BlockKind;
using orrery::viewmodel::BlockState;
using orrery::viewmodel::Document;

namespace {


struct Played {
  explicit Played(const std::string& text = toy_lesson()) : lesson(load(text)), session(lesson, world) {
    world.put("web", "Running", Change::Type::Existing);
    session.update(world);
  }
  static std::shared_ptr<const Lesson> load(const std::string& text = toy_lesson()) {
    std::vector<Problem> problems;
    auto lesson = load_lesson("toy.yaml", text, problems);
    REQUIRE(lesson);
    return lesson;
  }
  void type(const std::string& line) {
    world.run(line);
    session.note_command();
    session.update(world);
  }
  void next() {
    REQUIRE(session.next());
    faults = session.update(world);
  }
  // Through the prediction and what is to be done, to the step that judges.
  void to_judgement(const std::string& option) {
    session.choose(option);
    next();
    type("kubectl create extra");
    next();
  }
  Document document(Language language = Language::English) const {
    return make_document(session, language, {{"pod", {"pod", "Pod"}, {"A pod.", "Pod예요."}}});
  }
  std::shared_ptr<const Lesson> lesson;
  ToyWorld world;
  Session session;
  std::vector<std::string> faults;
};

const Block* find_block(const Document& document, const std::string& id) {
  for (const Block& block : document.blocks)
    if (block.id == id) return &block;
  return nullptr;
}

std::string text_of(const Block* block) { return block ? orrery::viewmodel::plain_text(block->spans) : "(none)"; }

}  // namespace

TEST_CASE("Session: begins when the world is ready, and watches only what the lesson reads") {
  ToyWorld world;
  Session session(Played::load(), world);
  CHECK(world.watched == std::vector<std::string>{"Pod"});
  session.update(world);
  CHECK_FALSE(session.started());
  CHECK_FALSE(session.choose("one"));
  CHECK(make_document(session, Language::English, {}).id == "lesson/toy#waiting");
  world.put("web", "Running");
  session.update(world);
  CHECK(session.started());
}

TEST_CASE("Session: a prediction can be changed until one goes on, and is judged where it is seen") {
  Played p;
  CHECK_FALSE(p.session.next());
  CHECK_FALSE(p.session.choose("three"));
  CHECK(p.session.choose("two"));
  CHECK(find_block(p.document(), "two")->state == BlockState::Chosen);
  CHECK(p.session.choose("one"));
  Document document = p.document();
  CHECK(find_block(document, "one")->state == BlockState::Chosen);
  CHECK(find_block(document, "two")->state == BlockState::Open);
  CHECK(find_block(document, "why") == nullptr);
  CHECK(find_block(document, "two")->action == "lesson.choose");
  p.next();
  CHECK_FALSE(p.session.choose("two"));
  p.type("kubectl create extra");
  p.next();
  document = p.document(Language::Korean);
  CHECK(find_block(document, "one")->state == BlockState::Wrong);
  CHECK(find_block(document, "two")->state == BlockState::Right);
  CHECK(text_of(find_block(document, "why")) == "한 개는 처음 상태예요.");
  CHECK(text_of(find_block(document, "why_right")) == "두 개가 맞아요.");
  CHECK(p.session.progress().missed == std::vector<std::string>{"guess"});
}

TEST_CASE("Session: goals are reached by state, feedback says what is missing") {
  Played p;
  p.session.choose("two");
  p.next();
  CHECK(p.session.panels() == std::vector<std::string>{"map", "terminal"});
  Document document = p.document();
  CHECK(find_block(document, "made")->state == BlockState::Open);
  CHECK(find_block(document, "made.feedback") == nullptr);  // nothing has been tried yet
  CHECK(find_block(document, "command")->text == "kubectl create extra");
  CHECK(find_block(document, "command")->action == "run");
  p.type("kubectl create extr");
  document = p.document();
  CHECK(text_of(find_block(document, "made.feedback")) == "Pods: 2. The name is wrong.");
  CHECK(find_block(document, "lesson.next") == nullptr);
  p.type("kubectl create extra");
  CHECK(p.session.done());
  document = p.document();
  CHECK(find_block(document, "made")->state == BlockState::Right);
  CHECK(find_block(document, "lesson.next")->primary);
}

TEST_CASE("Session: what is done ahead of its step counts, and goals once reached stay so") {
  Played p;
  p.type("kubectl create extra");
  p.session.choose("two");
  p.next();
  CHECK(p.session.done());
  p.type("kubectl delete extra");
  CHECK(p.session.done());
  CHECK(p.session.goals()[0].reached);
}

TEST_CASE("Session: faults come with the step, hints fade into the solution, 'for' needs time") {
  Played p;
  p.type("kubectl create extra");
  p.session.choose("two");
  p.next();
  p.next();
  CHECK(p.faults.empty());
  CHECK(p.session.speed() == 2);
  p.next();
  CHECK(p.faults == std::vector<std::string>{"mend stop scheduler", "break kill default/extra"});
  CHECK(p.session.update(p.world).empty());
  CHECK(text_of(find_block(p.document(), "text")) == "Paint extra red.");
  CHECK(text_of(find_block(p.document(), "lesson.hint")) == "Give me a hint");
  CHECK(act(p.session, "lesson.hint", ""));
  CHECK(text_of(find_block(p.document(), "hint.0")) == "Use a label.");
  CHECK(find_block(p.document(), "solution.0") == nullptr);
  CHECK(act(p.session, "lesson.hint", ""));
  CHECK(find_block(p.document(), "solution.0")->text == "kubectl label extra colour=red");
  CHECK(find_block(p.document(), "leavings") == nullptr);  // nothing is made here, so nothing can stand in the way
  CHECK_FALSE(act(p.session, "lesson.hint", ""));
  p.type("kubectl label extra colour=red");
  CHECK_FALSE(p.session.done());
  p.world.advance(2 * kSecond);
  p.session.update(p.world);
  CHECK(text_of(find_block(p.document(), "red")) == "It is red (2 of 3 s)");
  CHECK(text_of(find_block(p.document(Language::Korean), "red")) == "빨간색이에요 (3초 중 2초)");
  p.world.advance(1 * kSecond);
  p.session.update(p.world);
  CHECK(p.session.done());
  p.next();
  CHECK(act(p.session, "lesson.choose", "b"));
  CHECK(text_of(find_block(p.document(), "why")) == "Not B.");
  CHECK(text_of(find_block(p.document(), "lesson.next")) == "Finish");
  p.next();
  CHECK(p.session.complete());
  CHECK(p.document().id == "lesson/toy#done");
  CHECK(text_of(find_block(p.document(), "score")) == "Right at the first try: 1/2");
  CHECK(text_of(find_block(p.document(), "term.pod")) == "pod - A pod.");
  CHECK(p.session.progress().complete);
  CHECK(p.session.progress().hints.at("paint") == 2);
}

TEST_CASE("Session: a see step offers its command, ready to run, before one goes on") {
  Played p(toy_lesson_with("resolves: guess\n", "resolves: guess\n    command: kubectl label {last} seen=yes\n"));
  p.to_judgement("two");
  const Document document = p.document();
  const Block* command = find_block(document, "command");
  REQUIRE(command);
  CHECK(command->text == "kubectl label extra seen=yes");
  CHECK(command->action == "run");
  CHECK(find_block(document, "lesson.next"));
}

TEST_CASE("Session: time passes as the step asks while it waits, and as usual while something is read or answered") {
  Played p;
  CHECK(p.session.speed() == 0);  // nobody has asked for a speed: the learner's own stays
  p.type("kubectl create extra");
  p.session.choose("two");
  p.next();
  p.next();
  CHECK(p.session.speed() == 2);  // a `see` that waits for nothing says how it is to be seen
  p.next();
  CHECK(p.session.speed() == 1);
  Played changed(toy_lesson_with("    kind: do\n", "    kind: do\n    speed: 10\n"));
  changed.session.choose("two");
  changed.next();
  CHECK(changed.session.speed() == 10);
  changed.type("kubectl create extra");
  CHECK(changed.session.done());
  CHECK(changed.session.speed() == 1);
}

TEST_CASE("Session: a step that is started over knows of nothing that was undone") {
  Played p;
  p.session.choose("two");
  p.world.advance(5 * kSecond);
  p.next();
  CHECK(p.session.began_ns() == 5 * kSecond);
  p.type("kubectl create extra");
  p.type("kubectl delete web");
  CHECK(p.session.done());
  // The world went back: `web` is there as before, `extra` never was. A watch tells that as one that exists and one that went.
  p.world.tell(Change::Type::Existing, pod("web", "uid-1", "Running"));
  p.world.tell(Change::Type::Deleted, pod("extra", "uid-2", "Running"));
  p.session.start_over(p.world);
  CHECK_FALSE(p.session.done());
  CHECK_FALSE(p.session.tried());
  CHECK(p.session.update(p.world).empty());
  CHECK_FALSE(p.session.goals()[0].reached);
  CHECK(p.session.filled_now("{pods}") == "1");
  p.world.put("extra", "Running");
  p.session.update(p.world);
  CHECK(p.session.done());
}

TEST_CASE("Session: a step that is started over while the API server is down keeps what was known when it began") {
  Played p;
  p.type("kubectl create extra");
  p.session.choose("two");
  p.next();
  p.next();
  p.next();
  CHECK(p.session.filled("Paint {last} red.") == "Paint extra red.");
  p.world.silent = true;
  p.session.start_over(p.world);
  p.session.update(p.world);
  CHECK(p.session.filled("Paint {last} red.") == "Paint extra red.");
  CHECK(p.session.filled_now("{pods}") == "2");
  p.world.silent = false;
  p.world.tell(Change::Type::Deleted, pod("extra", "uid-2", "Running"));  // it answers again
  p.session.update(p.world);
  CHECK(p.session.filled_now("{pods}") == "1");
}

TEST_CASE("Session: the faults of a step that is started over begin again") {
  Played p;
  p.type("kubectl create extra");
  p.session.choose("two");
  p.next();
  p.next();
  p.next();
  const std::vector<std::string> faults = p.faults;
  REQUIRE(faults.size() == 2);
  p.world.tell(Change::Type::Existing, pod("extra", "uid-2", "Running"));
  p.session.start_over(p.world);
  CHECK(p.session.update(p.world) == faults);
}

TEST_CASE("Document: each reason stands under its own option") {
  Played p;
  p.to_judgement("one");
  std::string order;
  for (const Block& block : p.document().blocks)
    if (block.id == "asked" || block.id == "one" || block.id == "why" || block.id == "two" || block.id == "why_right") order += block.id + " ";
  CHECK(order == "asked one why two why_right ");
}

TEST_CASE("Document: the title tells the step, the first quotation says whose it is") {
  Played p;
  CHECK(p.document().title == "Toy  1/5");
  CHECK(find_block(p.document(), "about_2019") == nullptr);
  Played changed(toy_lesson_with("    kind: predict\n", "    kind: predict\n    said_2019: {said: {en: Three, ko: 세 개}, today: {en: Two, ko: 두 개}}\n"));
  CHECK(text_of(find_block(changed.document(), "about_2019")).find("2019") != std::string::npos);
}

TEST_CASE("Document: every block has its own id, in both languages, at every step") {
  Played p;
  p.session.choose("one");
  const auto check = [&] {
    for (Language language : {Language::English, Language::Korean}) {
      std::vector<std::string> ids;
      for (const Block& block : p.document(language).blocks) ids.push_back(block.id);
      std::sort(ids.begin(), ids.end());
      CHECK(std::unique(ids.begin(), ids.end()) == ids.end());
    }
  };
  check();
  p.next();
  p.type("kubectl create extra");
  check();
  p.next();
  check();
}

TEST_CASE("Document: what was predicted about is repeated when it is judged: the last paragraph, which asks") {
  Played p(toy_lesson_with("How many [pods](term:pod)?\", ko: \"[Pod](term:pod)는 몇 개일까요?\"", "A story.\\n\\nHow many [pods](term:pod)?\", ko: \"이야기예요.\\n\\n[Pod](term:pod)는 몇 개일까요?\""));
  p.to_judgement("one");
  CHECK(text_of(find_block(p.document(), "asked")) == "How many pods?");
}
