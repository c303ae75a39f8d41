// Questions before and after a module: the file's checks, and a round from its first question to its last.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "embed/lessons_bundle.h"
#include "playground/lesson_engine/library.h"
#include "playground/lesson_engine/questions.h"

using namespace orrery::lesson;
using orrery::viewmodel::Block;
using orrery::viewmodel::BlockKind;
using orrery::viewmodel::BlockState;
using orrery::viewmodel::Document;
using orrery::viewmodel::Language;
using When = QuestionRound::When;

namespace {

std::string question(const std::string& text, const std::string& right) {
  std::string out = "{text: {en: \"" + text + "?\", ko: \"" + text + " 무엇일까요?\"}, why: {en: Because., ko: 그래서예요.}, options: [";
  for (const char* id : {"a", "b", "c"})
    out += std::string("{id: ") + id + (id == right ? ", right: true" : "") + ", text: {en: E" + id + ", ko: \"" + id + " 쪽\"}}, ";
  return out.substr(0, out.size() - 2) + "]}";
}

std::string four_pairs() {
  std::string out = "format: 1\nmodule: A\npairs:\n";
  for (const char* id : {"one", "two", "three", "four"})
    out += std::string("  - id: ") + id + "\n    concepts: [1]\n    before: " + question(std::string("Early ") + id, "a") + "\n    after: " + question(std::string("Late ") + id, "b") + "\n";
  return out;
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = four_pairs();
  REQUIRE(text.find(from) != std::string::npos);
  return text.replace(text.find(from), from.size(), to);
}

std::string problems_of(const std::string& text) {
  std::ifstream in("lessons/schema/questions.schema.json");
  REQUIRE(in.good());
  std::string out;
  for (const Problem& problem : check_questions("q.yaml", text, Json::parse(in))) out += to_string(problem) + "\n";
  return out;
}

void questions_find(const std::string& from, const std::string& to, const std::string& expected) {
  const std::string all = problems_of(changed(from, to));
  CHECK_MESSAGE(all.find(expected) != std::string::npos, all);
}

ModuleQuestions toy() {
  std::vector<Problem> problems;
  const ModuleQuestions out = load_questions("q.yaml", four_pairs(), problems);
  REQUIRE(problems.empty());
  REQUIRE(out.pairs.size() == 4);
  return out;
}

const Block* find(const Document& document, const std::string& id) {
  for (const Block& block : document.blocks)
    if (block.id == id) return &block;
  return nullptr;
}

std::string text(const Document& document, const std::string& id) {
  const Block* block = find(document, id);
  return block ? orrery::viewmodel::plain_text(block->spans) : "";
}

}  // namespace

TEST_CASE("Questions: a good file has no problem, and each rule questions_find its breach") {
  CHECK(problems_of(four_pairs()) == "");
  questions_find("module: A", "module: Z", "module: ");
  questions_find("id: a, right: true", "id: a", "pairs[0].before: exactly one option must be right");
  questions_find("id: two", "id: one", "pairs[1]: the id 'one' stands twice");
  questions_find("Late one?", "Early one?", "pairs[0]: the same question twice");
  questions_find("why: {en: Because., ko: 그래서예요.}, ", "", "'why' is missing");
  questions_find("ko: 그래서예요.", "ko: 그래서입니다.", "haeyo-che");
  questions_find("{id: b, text", "{id: a, text", "the option 'a' stands twice");
}

TEST_CASE("Questions: those of modules A and B are there, for their first and last lessons") {
  const Library library = load_library(std::string(orrery::embedded::lessons_bundle));
  REQUIRE(library.questions_of("A"));
  REQUIRE(library.questions_of("B"));
  CHECK(library.questions_of("A")->pairs.size() == 5);
  CHECK(library.questions_of("B")->pairs.size() == 5);
  CHECK_FALSE(library.questions_of("C"));
  CHECK(library.begins_module(*library.find("delete-one")));
  CHECK_FALSE(library.begins_module(*library.find("three-am")));
  CHECK(library.ends_module(*library.find("five-jobs")));
  CHECK_FALSE(library.ends_module(*library.find("one-command")));
  // A module whose questions come back ends on a real cluster, too, with a task of its own.
  CHECK_FALSE(library.find("five-jobs")->real_task.en.empty());
  CHECK_FALSE(library.find("kube-proxy")->real_task.ko.empty());
  // Who always takes the same place, or the longest answer, must not win by it.
  for (const ModuleQuestions& module : library.questions)
    for (const auto side : {&QuestionPair::before, &QuestionPair::after}) {
      std::vector<std::size_t> places;
      std::size_t longest = 0;
      for (const QuestionPair& pair : module.pairs) {
        const auto& options = (pair.*side).options;
        const auto right = std::find_if(options.begin(), options.end(), [](const Option& o) { return o.right; });
        places.push_back(static_cast<std::size_t>(right - options.begin()));
        longest += std::none_of(options.begin(), options.end(), [&](const Option& o) { return o.text.en.size() > right->text.en.size(); });
      }
      CHECK(std::count(places.begin(), places.end(), places[0]) < static_cast<std::ptrdiff_t>(places.size()) - 1);
      CHECK(longest <= 2);
    }
}

TEST_CASE("Questions: before the module nothing is judged, every answer is kept, and the round ends by itself") {
  const ModuleQuestions questions = toy();
  Learning learning;
  QuestionRound round(questions, When::Before);
  Document document = round.document(learning, Language::English);
  CHECK(document.id == "questions/A/before#1");
  CHECK(document.title == "Before this module  1/4");
  CHECK(text(document, "text") == "Early one?");
  CHECK(find(document, "about"));
  CHECK(find(document, "questions.skip"));
  CHECK_FALSE(round.act("questions.choose", "nothing", learning, 5));
  CHECK_FALSE(round.act("questions.next", "", learning, 5));
  REQUIRE(round.act("questions.choose", "b", learning, 5));
  document = round.document(learning, Language::English);
  CHECK(document.id == "questions/A/before#2");
  CHECK_FALSE(find(document, "why"));
  for (const Block& block : document.blocks) CHECK(block.state != BlockState::Right);
  for (const char* answer : {"a", "a", "c"}) {
    CHECK_FALSE(round.over(learning));
    REQUIRE(round.act("questions.choose", answer, learning, 5));
  }
  CHECK(round.over(learning));
  CHECK_FALSE(round.act("questions.choose", "a", learning, 5));
  REQUIRE(learning.results.size() == 4);
  CHECK(learning.results[0].lesson == "A/before");
  CHECK(learning.results[0].step == "one");
  CHECK_FALSE(learning.results[0].right);
  CHECK(learning.results[1].right);
}

TEST_CASE("Questions: one action skips them for good") {
  const ModuleQuestions questions = toy();
  Learning learning;
  QuestionRound round(questions, When::Before);
  REQUIRE(round.act("questions.skip", "", learning, 5));
  CHECK(round.over(learning));
  CHECK(learning.results.empty());
  CHECK(QuestionRound(questions, When::Before).over(read_learning(learning_text(learning))));
  CHECK_FALSE(QuestionRound(questions, When::After).over(learning));
}

TEST_CASE("Questions: after the module each answer is judged and explained, and compared with the start") {
  const ModuleQuestions questions = toy();
  Learning learning;
  QuestionRound before(questions, When::Before);
  for (const char* answer : {"a", "b", "b", "c"}) REQUIRE(before.act("questions.choose", answer, learning, 5));
  QuestionRound round(questions, When::After);
  REQUIRE(round.act("questions.choose", "c", learning, 6));
  Document document = round.document(learning, Language::English);
  CHECK(document.id == "questions/A/after#1");
  CHECK(text(document, "why") == "Because.");
  CHECK(find(document, "b")->state == BlockState::Right);
  CHECK(find(document, "c")->state == BlockState::Wrong);
  CHECK_FALSE(find(document, "questions.skip"));
  CHECK_FALSE(round.act("questions.choose", "b", learning, 6));  // committed
  REQUIRE(round.act("questions.next", "", learning, 6));
  for (int i = 0; i < 3; ++i) {
    REQUIRE(round.act("questions.choose", "b", learning, 6));
    document = round.document(learning, Language::Korean);
    if (i < 2) REQUIRE(round.act("questions.next", "", learning, 6));
  }
  CHECK(text(document, "score") == "지금까지 맞힌 질문: 3/4. 모듈 시작 전: 1/4");
  CHECK_FALSE(round.over(learning));
  REQUIRE(round.act("questions.next", "", learning, 6));
  CHECK(round.over(learning));
}

TEST_CASE("Questions: before the module one can go back, see one's answer and change it") {
  const ModuleQuestions questions = toy();
  Learning learning;
  QuestionRound round(questions, When::Before);
  CHECK_FALSE(find(round.document(learning, Language::English), "questions.back"));  // nothing is before the first
  CHECK_FALSE(round.act("questions.back", "", learning, 5));
  for (const char* answer : {"b", "c"}) REQUIRE(round.act("questions.choose", answer, learning, 5));
  CHECK(text(round.document(learning, Language::English), "questions.back") == "Back");
  CHECK(text(round.document(learning, Language::Korean), "questions.back") == "이전 질문");
  learning = read_learning(learning_text(learning));  // the page was loaded anew
  REQUIRE(round.act("questions.back", "", learning, 5));
  REQUIRE(round.act("questions.back", "", learning, 5));
  Document document = round.document(learning, Language::English);
  CHECK(document.id == "questions/A/before#1");
  CHECK(find(document, "b")->state == BlockState::Chosen);
  CHECK(find(document, "a")->state == BlockState::Open);
  CHECK(find(document, "a")->action == "questions.choose");
  CHECK_FALSE(find(document, "why"));
  CHECK_FALSE(find(document, "questions.back"));
  CHECK(find(document, "questions.next")->primary);
  REQUIRE(round.act("questions.choose", "a", learning, 6));  // changed: on to the next one
  REQUIRE(learning.results.size() == 2);
  CHECK(learning.results[0].right);
  document = round.document(learning, Language::English);
  CHECK(document.id == "questions/A/before#2");
  CHECK(find(document, "c")->state == BlockState::Chosen);
  REQUIRE(round.act("questions.next", "", learning, 6));  // kept
  document = round.document(learning, Language::English);
  CHECK(document.id == "questions/A/before#3");
  CHECK_FALSE(find(document, "questions.next"));
  for (const char* answer : {"a", "a"}) REQUIRE(round.act("questions.choose", answer, learning, 6));
  CHECK(round.over(learning));
  CHECK(round_result(learning, "A/before").right == 3);
  CHECK(round_result(learning, "A/before").asked == 4);
}

TEST_CASE("Questions: after the module one can go back and read, but what was judged stands") {
  const ModuleQuestions questions = toy();
  Learning learning;
  QuestionRound round(questions, When::After);
  REQUIRE(round.act("questions.choose", "c", learning, 6));
  CHECK_FALSE(round.act("questions.back", "", learning, 6));
  REQUIRE(round.act("questions.next", "", learning, 6));
  REQUIRE(round.act("questions.choose", "b", learning, 6));
  REQUIRE(round.act("questions.back", "", learning, 6));  // from one that is being explained
  Document document = round.document(learning, Language::English);
  CHECK(document.id == "questions/A/after#1");
  CHECK(find(document, "c")->state == BlockState::Wrong);
  CHECK(find(document, "b")->state == BlockState::Right);
  CHECK_FALSE(find(document, "c")->enabled);
  CHECK(text(document, "why") == "Because.");
  CHECK_FALSE(round.act("questions.choose", "b", learning, 6));
  REQUIRE(round.act("questions.next", "", learning, 6));
  document = round.document(learning, Language::English);  // where one was, its explanation and all
  CHECK(document.id == "questions/A/after#2");
  CHECK(text(document, "why") == "Because.");
  REQUIRE(round.act("questions.next", "", learning, 6));
  REQUIRE(round.act("questions.back", "", learning, 6));  // from one that is not answered yet
  CHECK(round.document(learning, Language::English).id == "questions/A/after#2");
  REQUIRE(round.act("questions.next", "", learning, 6));
  CHECK(find(round.document(learning, Language::English), "questions.skip"));
  CHECK(round_result(learning, "A/after").asked == 2);
}

TEST_CASE("Questions: an answer kept by an older page has no choice to show, and can still be looked at and changed") {
  const ModuleQuestions questions = toy();
  Learning learning = read_learning(R"({"format": 1, "results": [[5, "A/before", "one", false]]})");
  REQUIRE(learning.results.size() == 1);
  QuestionRound round(questions, When::Before);
  REQUIRE(round.act("questions.back", "", learning, 6));
  for (const Block& block : round.document(learning, Language::English).blocks) CHECK(block.state != BlockState::Chosen);
  REQUIRE(round.act("questions.choose", "a", learning, 6));
  CHECK(learning.results[0].right);
}

TEST_CASE("Questions: a page that is loaded anew goes on with the question it had") {
  const ModuleQuestions questions = toy();
  Learning learning;
  QuestionRound round(questions, When::Before);
  REQUIRE(round.act("questions.choose", "a", learning, 5));
  const Learning kept = read_learning(learning_text(learning));
  CHECK(QuestionRound(questions, When::Before).document(kept, Language::English).id == "questions/A/before#2");
}

TEST_CASE("Questions: each reason stands under the answer it is of; a wrong answer may have its own") {
  std::vector<Problem> problems;
  std::string yaml = four_pairs();
  const std::size_t late = yaml.find("Late one");
  const std::string option = "{id: c, text: {en: Ec, ko: \"c 쪽\"}}";
  const std::size_t at = yaml.find(option, late);
  REQUIRE(at != std::string::npos);
  yaml.replace(at, option.size(), "{id: c, text: {en: Ec, ko: \"c 쪽\"}, why: {en: Not c., ko: c가 아니에요.}}");
  CHECK(problems_of(yaml).empty());
  const ModuleQuestions questions = load_questions("q.yaml", yaml, problems);
  Learning learning;
  QuestionRound round(questions, When::After);
  REQUIRE(round.act("questions.choose", "c", learning, 6));
  std::string order;
  for (const Block& block : round.document(learning, Language::English).blocks)
    if (block.kind == BlockKind::Choice || block.kind == BlockKind::Feedback) order += block.id + " ";
  CHECK(order == "a b why c why.c ");
  questions_find("{id: a, right: true, text: {en: Ea, ko: \"a 쪽\"}}", "{id: a, right: true, text: {en: Ea, ko: \"a 쪽\"}, why: {en: So., ko: 그래서예요.}}",
                 "the option 'a' is right");
}
