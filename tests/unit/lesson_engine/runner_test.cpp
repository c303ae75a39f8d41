// The proofs pass for a good lesson and fail for each kind of bad one.
#include <doctest/doctest.h>

#include <algorithm>

#include "playground/lesson_engine/loader.h"
#include "playground/lesson_engine/runner.h"
#include "tests/unit/lesson_engine/toy_world.h"

using namespace orrery::lesson;

namespace {

std::vector<Proof> prove_text(const std::string& text, ToyFactory factory = {}) {
  std::vector<Problem> problems;
  const auto lesson = load_lesson("toy.yaml", text, problems);
  REQUIRE(lesson);
  return prove(lesson, factory);
}

std::vector<Proof> prove_live_text(const std::string& text, ToyFactory factory = {}, const std::string& only = "") {
  std::vector<Problem> problems;
  const auto lesson = load_lesson("toy.yaml", text, problems);
  REQUIRE(lesson);
  std::vector<Proof> proofs;
  prove_live(lesson, factory, only, [&](const Proof& proof) { proofs.push_back(proof); });
  return proofs;
}

// Names of the failed proofs, each with the start of its reason.
std::string failures(const std::vector<Proof>& proofs) {
  std::string out;
  for (const Proof& proof : proofs)
    if (!proof.passed) out += proof.name + " | " + proof.why + "\n";
  return out;
}

}  // namespace

TEST_CASE("Runner: a good lesson passes all its proofs") {
  const std::vector<Proof> proofs = prove_text(toy_lesson());
  CHECK(proofs.size() == 6);  // the solution, two steps of waiting, three near misses
  CHECK(failures(proofs) == "");
}

TEST_CASE("Runner: a wrong solution fails, with what the learner would see") {
  const auto text =
      toy_lesson_with("      - run: kubectl create extra\n    near", "      - run: kubectl create extr\n    near");
  const std::vector<Proof> proofs = prove_text(text);
  CHECK_FALSE(proofs[0].passed);
  CHECK(proofs[0].why.find("make: the solution does not reach the goals") != std::string::npos);
  CHECK(proofs[0].why.find("[ ] made (wrong-name): Pods: 2. The name is wrong.") != std::string::npos);
  CHECK(proofs[0].why.find("$ kubectl create extr") != std::string::npos);
}

TEST_CASE("Runner: what a see step offers to look with must answer") {
  CHECK(failures(prove_text(toy_lesson_with("resolves: guess\n", "resolves: guess\n    command: kubectl label {last} seen=yes\n"))) == "");
  const std::vector<Proof> proofs = prove_text(toy_lesson_with("resolves: guess\n", "resolves: guess\n    command: kubectl label nobody seen=yes\n"));
  CHECK_FALSE(proofs[0].passed);
  CHECK(proofs[0].why.find("so: kubectl label nobody seen=yes: not found") != std::string::npos);
}

TEST_CASE("Runner: a step that waiting solves fails") {
  ToyFactory factory;
  factory.appears = "extra";
  factory.appears_at_ns = 3000 * kSecondNs;
  CHECK(failures(prove_text(toy_lesson(), factory)) ==
        "toy: make is not solved by an hour of waiting | its goals were reached by doing nothing\n");
}

TEST_CASE("Runner: a near miss with other feedback, or one that solves the step, fails") {
  const auto other = toy_lesson_with("feedback: wrong-name", "feedback: none-made");
  CHECK(failures(prove_text(other)).find("near miss misspelt | the feedback is not 'none-made'") != std::string::npos);
  const auto solving = toy_lesson_with("acts: [{run: kubectl create extr}]", "acts: [{run: kubectl create extra}]");
  CHECK(failures(prove_text(solving)).find("near miss misspelt | it solves the step") != std::string::npos);
}

TEST_CASE("Runner: a near miss whose way out leads nowhere fails, and one that leads out passes") {
  const char* miss = "        feedback: wrong-name\n";
  const auto good = toy_lesson_with(miss, std::string(miss) + "        way_out: [{run: kubectl create extra}]\n");
  CHECK(failures(prove_text(good)) == "");
  const auto bad = toy_lesson_with(miss, std::string(miss) + "        way_out: [{run: kubectl create extr}]\n");
  CHECK(failures(prove_text(bad)).find("near miss misspelt | its way out does not reach the goals") != std::string::npos);
}

TEST_CASE("Runner: a world or fault that can't be made fails every proof it belongs to") {
  ToyFactory factory;
  factory.refuse = "no such image";
  const std::vector<Proof> refused = prove_text(toy_lesson(), factory);
  CHECK(std::none_of(refused.begin(), refused.end(), [](const Proof& p) { return p.passed; }));
  CHECK(refused[0].why.find("the world can't be made: no such image") != std::string::npos);
  const auto text = toy_lesson_with("kill default/{last}", "stop node/nowhere");
  CHECK(prove_text(text)[0].why.find("break stop node/nowhere: no such node") != std::string::npos);
}

TEST_CASE("Runner: a world that never becomes ready is said") {
  const auto text = toy_lesson_with("now: {kind: Pod, name: web}\n", "now: {kind: Pod, name: never}\n");
  CHECK(prove_text(text)[0].why.find("does not become ready") != std::string::npos);
}

TEST_CASE("Runner: where time can't be hurried, one world shows the solution and that waiting a while does not solve a step") {
  const std::vector<Proof> proofs = prove_live_text(toy_lesson());
  CHECK(failures(proofs) == "");
  REQUIRE(proofs.size() == 6);
  CHECK(proofs[0].name == "toy: solution");
  CHECK(proofs[1].name == "toy: make is not solved by 20 seconds of waiting");
  CHECK(proofs[2].name == "toy: paint is not solved by 20 seconds of waiting");
  CHECK(proofs[3].name == "toy: near miss misspelt");
  CHECK(prove_live_text(toy_lesson(), {}, "solution").size() == 3);
  CHECK(prove_live_text(toy_lesson(), {}, "waits").size() == 1);
  CHECK(prove_live_text(toy_lesson(), {}, "nothing").empty());
}

TEST_CASE("Runner: a live proof fails for a wrong solution, a step that waiting solves, and a near miss with other feedback") {
  const auto wrong =
      toy_lesson_with("      - run: kubectl create extra\n    near", "      - run: kubectl create extr\n    near");
  const std::vector<Proof> proofs = prove_live_text(wrong);
  CHECK_FALSE(proofs[0].passed);
  CHECK(proofs[0].why.find("make: the solution does not reach the goals") != std::string::npos);
  ToyFactory factory;
  factory.appears = "extra";
  factory.appears_at_ns = 19 * kSecondNs;
  CHECK(failures(prove_live_text(toy_lesson(), factory))
            .find("toy: make is not solved by 20 seconds of waiting | its goals were reached by doing nothing") !=
        std::string::npos);
  const auto other = toy_lesson_with("feedback: wrong-name", "feedback: none-made");
  CHECK(failures(prove_live_text(other)).find("near miss misspelt | the feedback is not 'none-made'") != std::string::npos);
  factory.refuse = "no such node";
  CHECK(prove_live_text(toy_lesson(), factory)[0].why.find("the world can't be made: no such node") != std::string::npos);
}

TEST_CASE("Runner: a near miss that solves its step late is found by watching on") {
  ToyFactory factory;
  factory.appears = "extra";
  factory.appears_at_ns = 5 * kSecondNs;  // after the act of the near miss: its feedback is there at once
  CHECK(failures(prove_live_text(toy_lesson(), factory)).find("near miss misspelt | it solves the step") != std::string::npos);
}
