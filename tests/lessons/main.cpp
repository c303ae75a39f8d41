// orrery-lessons [ID...]: checks and proves the lessons on the simulated cluster.
// A line for what failed, and why; the last line is "N passed, N failed, N skipped".
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "embed/lessons_bundle.h"
#include "playground/app/lesson_stage/sim_stage.h"
#include "playground/lesson_engine/library.h"
#include "playground/lesson_engine/runner.h"

using namespace orrery;

namespace {

struct Tally {
  int passed = 0;
  int failed = 0;
  void count(bool ok, const std::string& what) {
    (ok ? passed : failed) += 1;
    if (!ok) std::printf("FAILED %s\n", what.c_str());
    std::fflush(stdout);
  }
};

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> wanted(argv + 1, argv + argc);
  const lesson::Library library = lesson::load_library(std::string(embedded::lessons_bundle));
  Tally tally;
  const std::vector<lesson::Problem> problems = lesson::check_library(library);
  for (const lesson::Problem& problem : problems) std::printf("%s\n", lesson::to_string(problem).c_str());
  tally.count(problems.empty() && !library.lessons.empty(), "lesson check");
  app::SimStageFactory factory;
  for (const auto& lesson : library.lessons) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), lesson->id) == wanted.end()) continue;
    if (!lesson->on_simulated) continue;
    for (const lesson::Proof& proof : lesson::prove(lesson, factory))
      tally.count(proof.passed, proof.name + "\n" + proof.why);
  }
  for (const std::string& id : wanted)
    if (!library.find(id)) tally.count(false, "no lesson " + id);
  std::printf("%d passed, %d failed, 0 skipped\n", tally.passed, tally.failed);
  return tally.failed == 0 ? 0 : 1;
}
