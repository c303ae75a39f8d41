#include <doctest/doctest.h>

#include "playground/lesson_engine/evaluator.h"
#include "playground/lesson_engine/loader.h"
#include "tests/unit/lesson_engine/toy_world.h"

using namespace orrery::lesson;

namespace {


// A lesson whose world's `ready` is the predicate under test, and the world it is asked of.
struct Asked {
  explicit Asked(const std::string& predicate) {
    std::vector<Problem> problems;
    lesson = load_lesson("toy.yaml", toy_lesson_with("now: {kind: Pod, name: web}\n", predicate + "\n"), problems);
    REQUIRE_MESSAGE(lesson != nullptr, (problems.empty() ? "" : to_string(problems[0])));
    evaluator = std::make_unique<Evaluator>(*lesson);
  }
  bool holds() {
    for (const Change& change : world.take_changes()) evaluator->observe(change);
    evaluator->advance(world.now_ns());
    return evaluator->holds(lesson->world.ready);
  }
  std::shared_ptr<const Lesson> lesson;
  ToyWorld world;
  std::unique_ptr<Evaluator> evaluator;
};

}  // namespace

TEST_CASE("Evaluator: now counts what matches at present") {
  Asked asked("now: {kind: Pod, labels: {app: web}, where: [status.phase == Running]}\n    count: == 2");
  CHECK_FALSE(asked.holds());
  asked.world.put("a", "Running");
  asked.world.put("b", "Pending");
  CHECK_FALSE(asked.holds());
  asked.world.set_phase("b", "Running");
  CHECK(asked.holds());
  asked.world.remove("a");
  CHECK_FALSE(asked.holds());
}

TEST_CASE("Evaluator: 'for' needs an unbroken time, also when several changes come at once") {
  Asked asked("now: {kind: Pod, name: a}\n    for: 10s");
  asked.world.put("a", "Running");
  CHECK_FALSE(asked.holds());
  asked.world.advance(9 * kSecond);
  CHECK_FALSE(asked.holds());
  asked.world.remove("a");
  asked.world.put("a", "Running");
  asked.world.advance(9 * kSecond);
  CHECK_FALSE(asked.holds());
  asked.world.advance(kSecond);
  CHECK(asked.holds());
}

TEST_CASE("Evaluator: eventually stays true once it was, and honours 'for'") {
  Asked once("eventually: {kind: Pod, name: a}");
  once.world.put("a", "Running");
  once.world.remove("a");
  CHECK(once.holds());
  Asked held("eventually: {kind: Pod, name: a}\n    for: 5s");
  held.world.put("a", "Running");
  held.world.advance(4 * kSecond);
  held.world.remove("a");
  CHECK_FALSE(held.holds());
  held.world.put("a", "Running");
  held.world.advance(6 * kSecond);
  held.world.remove("a");
  CHECK(held.holds());
}

TEST_CASE("Evaluator: 'count: == 0' holds in an empty world") {
  CHECK(Asked("now: {kind: Pod}\n    count: == 0").holds());
  CHECK_FALSE(Asked("now: {kind: Pod}").holds());
}

TEST_CASE("Evaluator: created counts new objects, not those that were there") {
  Asked asked("created: {kind: Pod, where: [status.phase == Running]}\n    count: \">= 2\"");
  asked.world.put("old", "Running", Change::Type::Existing);
  asked.world.put("a", "Running");
  asked.world.put("b", "Pending");
  CHECK_FALSE(asked.holds());
  asked.world.set_phase("old", "Running");
  CHECK_FALSE(asked.holds());
  asked.world.set_phase("b", "Running");
  CHECK(asked.holds());
}

TEST_CASE("Evaluator: deleted counts different objects by their last state") {
  Asked asked("deleted: {kind: Pod, where: [status.phase == Running]}\n    count: == 2");
  asked.world.put("a", "Running");
  asked.world.put("b", "Pending");
  asked.world.remove("a");
  asked.world.remove("b");
  CHECK_FALSE(asked.holds());
  asked.world.put("a", "Running");
  asked.world.remove("a");
  CHECK(asked.holds());
}

TEST_CASE("Evaluator: another object under the same name ends the first, even when the watch skipped its end") {
  Asked asked("deleted: {kind: Pod, name: a}");
  asked.world.put("a", "Running");
  CHECK_FALSE(asked.holds());
  asked.world.put("a", "Pending");
  CHECK(asked.holds());
}

TEST_CASE("Evaluator: became needs a change, and 'from' what was before") {
  Asked asked("became: {kind: Pod, where: [status.phase == Failed]}\n    from: [status.phase == Running]");
  asked.world.put("a", "Failed", Change::Type::Existing);
  asked.world.put("b", "Pending");
  asked.world.set_phase("b", "Failed");
  CHECK_FALSE(asked.holds());
  asked.world.put("c", "Running");
  asked.world.set_phase("c", "Failed");
  CHECK(asked.holds());
}

TEST_CASE("Evaluator: events are found by reason, object, type and part of the message") {
  const auto event = [](const std::string& reason, const std::string& name, const std::string& uid) {
    return Json{{"metadata", {{"name", uid}, {"namespace", "default"}, {"uid", uid}}},
                {"reason", reason},
                {"type", "Warning"},
                {"message", "Back-off restarting failed container"},
                {"involvedObject", {{"kind", "Pod"}, {"name", name}}}};
  };
  Asked asked("event: {reason: BackOff, kind: Pod, name: web, type: Warning, message: restarting}");
  asked.world.tell(Change::Type::Added, event("Pulled", "web", "e1"), "Event");
  asked.world.tell(Change::Type::Added, event("BackOff", "other", "e2"), "Event");
  CHECK_FALSE(asked.holds());
  asked.world.tell(Change::Type::Added, event("BackOff", "web", "e3"), "Event");
  CHECK(asked.holds());
}

TEST_CASE("Evaluator: 'since: step' forgets what was before the step") {
  Asked asked("deleted: {kind: Pod}\n    since: step");
  asked.world.put("a", "Running");
  asked.world.remove("a");
  CHECK(asked.holds());
  asked.evaluator->begin_step();
  CHECK_FALSE(asked.holds());
  asked.world.put("b", "Running");
  asked.world.remove("b");
  CHECK(asked.holds());
}

TEST_CASE("Evaluator: all, any and not combine") {
  Asked asked(
      "all:\n      - any: [{now: {kind: Pod, name: a}}, {now: {kind: Pod, name: b}}]\n      - not: {now: {kind: Pod, "
      "name: c}}");
  CHECK_FALSE(asked.holds());
  asked.world.put("b", "Running");
  CHECK(asked.holds());
  asked.world.put("c", "Running");
  CHECK_FALSE(asked.holds());
}

TEST_CASE("Evaluator: a copy goes on from the same past without touching the first") {
  Asked asked("deleted: {kind: Pod}");
  asked.world.put("a", "Running");
  CHECK_FALSE(asked.holds());
  Evaluator copy = *asked.evaluator;
  asked.world.remove("a");
  CHECK(asked.holds());
  CHECK_FALSE(copy.holds(asked.lesson->world.ready));
}

TEST_CASE("Expand: values are read from the cluster; unknown braces stay") {
  Asked asked("now: {kind: Pod, name: web}");
  const auto say = [&](const std::string& text) {
    return expand(text, asked.lesson->values, asked.evaluator->objects());
  };
  CHECK(say("{pods} of {last}") == "0 of -");
  asked.world.put("web", "Running");
  asked.world.put("extra", "Running");
  asked.holds();
  CHECK(say("{pods} of {last}") == "2 of extra");
  CHECK(say("{other} {\"spec\":{}} {") == "{other} {\"spec\":{}} {");
  CHECK(placeholders("{a} {\"b\"} {c_1}") == std::vector<std::string>{"a", "c_1"});
}
