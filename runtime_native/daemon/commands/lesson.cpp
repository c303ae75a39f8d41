#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "embed/lessons_bundle.h"
#include "playground/app/lesson_stage/sim_stage.h"
#include "playground/lesson_engine/library.h"
#include "playground/lesson_engine/runner.h"
#include "runtime_native/daemon/commands/commands.h"

namespace orrery::daemon {
namespace {

lesson::Library library() { return lesson::load_library(std::string(embedded::lessons_bundle)); }

}  // namespace

int lesson_list(bool json) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const auto& one : library().lessons) {
    if (json) all.push_back({{"id", one->id}, {"minutes", one->minutes}, {"title", {{"en", one->title.en}, {"ko", one->title.ko}}}});
    else fmt::print("{:<20} {:>3} min  {} / {}\n", one->id, one->minutes, one->title.en, one->title.ko);
  }
  if (json) fmt::print("{}\n", all.dump(2));
  return 0;
}

int lesson_check() {
  lesson::Library lessons = library();
  std::vector<lesson::Problem> problems = lesson::check_library(lessons);
  for (const lesson::Problem& problem : problems) fmt::print("{}\n", lesson::to_string(problem));
  fmt::print("{} lessons, {} problems\n", lessons.lessons.size(), problems.size());
  return problems.empty() ? 0 : 1;
}

int lesson_run(const std::vector<std::string>& ids) {
  lesson::Library lessons = library();
  app::SimStageFactory factory;
  int failed = 0;
  for (const std::string& id : ids) {
    std::shared_ptr<const lesson::Lesson> one = lessons.find(id);
    if (!one) return fail(make_error(Reason::NotFound, cat("there is no lesson \"", id, "\"; orrery lesson list names them")));
    for (const lesson::Proof& proof : lesson::prove(one, factory)) {
      fmt::print("{} {}\n", proof.passed ? "passed" : "failed", proof.name);
      if (!proof.passed) fmt::print("{}\n", proof.why);
      failed += proof.passed ? 0 : 1;
    }
  }
  return failed ? 1 : 0;
}

}  // namespace orrery::daemon
