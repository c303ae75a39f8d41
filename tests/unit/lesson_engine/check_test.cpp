// The checks find what is wrong: each case breaks a good lesson in one way.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "playground/lesson_engine/check.h"
#include "playground/lesson_engine/loader.h"
#include "playground/lesson_engine/text_rules.h"
#include "tests/unit/lesson_engine/toy_world.h"

using namespace orrery::lesson;

namespace {

const std::vector<Term> kGlossary = {{"pod", {"pod", "Pod"}, {"A pod.", "Pod예요."}}};

Json schema() {
  std::ifstream in("lessons/schema/lesson.schema.json");
  REQUIRE(in.good());
  return Json::parse(in);
}

std::vector<std::string> check(const std::string& text) {
  std::vector<std::string> out;
  for (const Problem& problem : check_lesson("toy.yaml", text, schema(), kGlossary)) out.push_back(to_string(problem));
  return out;
}

// The one problem of the toy lesson after the replacement holds `expected`.
void finds(const std::string& from, const std::string& to, const std::string& expected) {
  const std::vector<std::string> problems = check(toy_lesson_with(from, to));
  CAPTURE(expected);
  REQUIRE(problems.size() >= 1);
  std::string all;
  for (const std::string& problem : problems) all += problem + "\n";
  CHECK_MESSAGE(all.find(expected) != std::string::npos, all);
}

}  // namespace

TEST_CASE("Check: the toy lesson is a good one") {
  const std::vector<std::string> problems = check(toy_lesson());
  CHECK_MESSAGE(problems.empty(), (problems.empty() ? "" : problems[0]));
}

TEST_CASE("Check: a problem names file, line and path") {
  finds("minutes: 3", "minutes: 30", "toy.yaml:6: minutes: must be at most 6");
  finds("    help: worked", "    helpp: worked", "toy.yaml:38: steps[1].helpp: unknown field");
}

TEST_CASE("Check: what is not YAML, or twice the same key, is said with its line") {
  finds("title: {en: Toy", "title: {en: [Toy", "toy.yaml:8: not YAML");
  finds("minutes: 3", "order: 3", "toy.yaml:6: order: stands twice");
}

TEST_CASE("Check: the schema's rules") {
  finds("format: 1", "format: 2", "format: must be 1");
  finds("id: toy\n", "", "'id' is missing");
  finds("id: toy", "id: To y", "does not fit");
  finds("kind: see", "kind: look", "must be one of");
  finds("seed: 1", "seed: one", "must be a whole number");
  finds("created: {kind: Pod, name: extra}", "creates: {kind: Pod, name: extra}",
        "needs exactly one of: all, any, not, now");
  finds("now: {kind: Pod, name: web}", "now: {kind: Pod}\n    not: {now: {kind: Pod}}", "needs exactly one of");
}

TEST_CASE("Check: comparisons, counts and durations inside a predicate") {
  finds("now: {kind: Pod, name: web}", "now: {kind: Pod, where: [status.phase]}",
        "world.ready.now.where[0]: 'status.phase' needs an operator");
  finds("now: {kind: Pod, name: web}", "deleted: {kind: Pod}\n    for: 3s", "for: goes with now and eventually only");
}

TEST_CASE("Check: neither language can be forgotten") {
  finds("ko: 이제 두 개예요.", "ko: ''", "the Korean text is empty");
  finds("{en: Now there are two., ko: 이제 두 개예요.}", "{en: Now there are two.}", "'ko' is missing");
  finds("ko: 이제 두 개예요.", "ko: Now there are two.", "holds no Hangul");
  finds("en: Now there are two.", "en: 이제 두 개예요.", "the English text holds Hangul");
}

TEST_CASE("Check: length") {
  std::string words, syllables;
  for (int i = 0; i < 61; ++i) words += "word ";
  for (int i = 0; i < 91; ++i) syllables += "가요 ";
  finds("en: Now there are two.", "en: " + words, "61 English words stand together");
  finds("ko: 이제 두 개예요.", "ko: " + syllables, "182 Korean syllables stand together");
}

TEST_CASE("Check: Korean templates and politeness") {
  finds("Pod: {pods}개. 이름이", "{pods}가 있고 이름이", "a particle follows a {value}");
  finds("ko: 이제 두 개예요.", "ko: 이제 두 개입니다.", "haeyo-che");
  finds("Pod: {pods}개. 이름이", "이름이", "the two languages name different {values}");
}

TEST_CASE("Check: terms and values must exist") {
  finds("terms: [pod]", "terms: [pot]", "'pot' is not in lessons/glossary.yaml");
  finds("en: Now there are two.", "en: \"Now {two}.\"", "{two} is not among the lesson's values");
  finds("{en: Now there are two., ko: 이제 두 개예요.}", "{en: \"[two](term:two)\", ko: \"[두 개](term:two)예요\"}",
        "the term 'two' is not");
}

TEST_CASE("Check: shape of steps") {
  finds("        right: true\n        text: {en: Two", "        text: {en: Two", "exactly one option must be right");
  finds("resolves: guess", "resolves: make", "'make' is no prediction before this step");
  finds("    help: worked\n    command: kubectl create extra\n",
        "    help: completed\n    command: kubectl create extra\n", "with ___ to fill in");
  finds("command: kubectl create extra", "command: echo extra", "a command line starts with kubectl, break or mend");
  finds("    solution:\n      - run: kubectl label {last} colour=red\n", "", "a solution is missing");
  finds("    resolves: guess\n", "    resolves: guess\n    command: kubectl label ___ a=b\n", "a see step has nothing to fill in");
  finds("    resolves: guess\n", "    resolves: guess\n    command: ls\n", "a command line starts with kubectl, break or mend");
  finds("    kind: predict\n", "    kind: predict\n    command: kubectl create extra\n", "a command belongs to do, vary and see steps");
  finds("        feedback: blue\n", "        feedback: green\n", "'green' is no feedback of this step");
  finds("kill default/{last}", "kill default/{lost}", "{lost} is not among the lesson's values");
  finds("id: paint\n", "id: make\n", "the id 'make' stands twice");
  finds("          - id: plain\n", "          - id: plain\n            if: {now: {kind: Pod}}\n",
        "stands without 'if'");
}

TEST_CASE("Check: a lesson for real containers breaks nothing that only a simulated world can break") {
  finds("runs_on: [simulated]", "runs_on: [simulated, containers]", "toy.yaml:7: runs_on: paint breaks or mends parts");
  const std::string quiet = "    inject: [\"kill default/{last}\"]\n    mend: [stop scheduler]\n";
  std::string text = toy_lesson_with("runs_on: [simulated]", "runs_on: [simulated, containers]");
  text.erase(text.find(quiet), quiet.size());
  CHECK(check(text).empty());
  text.replace(text.find("acts: [{wait: 5s}]"), 18, "acts: [{run: break stop scheduler}]");
  REQUIRE(check(text).size() == 1);
  CHECK(check(text)[0].find("runs_on: make breaks or mends parts") != std::string::npos);
}

TEST_CASE("Check: help fades and near misses are two at least") {
  finds("    help: goal\n    hints:", "    help: worked\n    command: kubectl label extra colour=red\n    hints:",
        "the last one names the goal only");
  const std::string two =
      "    near_misses:\n      - id: misspelt\n        acts: [{run: kubectl create extr}]\n        feedback: "
      "wrong-name\n"
      "      - id: waits\n        acts: [{wait: 5s}]\n        feedback: none-made\n";
  finds(two, "", "at least two near misses");
}

TEST_CASE("Check: lessons together") {
  std::vector<Problem> problems;
  const auto lesson = load_lesson("toy.yaml", toy_lesson_with("minutes: 3", "minutes: 3\nneeds: [other]"), problems);
  REQUIRE(lesson);
  CHECK(check_together({lesson.get(), lesson.get()}).size() == 3);  // one id twice, a need that is missing, twice
}

TEST_CASE("Loader: a lesson of another format, or no lesson at all, is refused in one sentence") {
  std::vector<Problem> problems;
  CHECK_FALSE(load_lesson("x.yaml", "format: 2", problems));
  REQUIRE(problems.size() == 1);
  CHECK(to_string(problems[0]) == "x.yaml:1: format: this build reads lessons of format 1 only");
  for (const char* text : {"", "[]", "3", "format: 1", "a: &a [*a]", "- b\n c"}) {
    problems.clear();
    CHECK_FALSE(load_lesson("x.yaml", text, problems));
    CHECK_FALSE(problems.empty());
  }
}

TEST_CASE("Text: words and syllables are counted without marks") {
  CHECK(count_words("Delete **one** pod: `kubectl delete pod x` - and [look](term:pod).") == 9);
  CHECK(count_syllables("Pod 세 개가 `kubectl get`") == 2 + 3 + 4);
  CHECK(count_syllables("web:1, node-2") == 2 + 2 + 2);
}
