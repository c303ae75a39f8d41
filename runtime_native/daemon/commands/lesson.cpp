#include <fmt/core.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "embed/lessons_bundle.h"
#include "playground/app/lesson_stage/sim_stage.h"
#include "playground/lesson_engine/library.h"
#include "playground/lesson_engine/printed.h"
#include "playground/lesson_engine/runner.h"
#include "runtime_native/daemon/commands/commands.h"
#include "runtime_native/daemon/live_stage.h"
#include "runtime_native/host/file.h"

namespace orrery::daemon {
namespace {

lesson::Library library() { return lesson::load_library(std::string(embedded::lessons_bundle)); }

nlohmann::ordered_json listed(const lesson::Lesson& one) {
  nlohmann::ordered_json misses = nlohmann::ordered_json::array();
  for (const lesson::Step& step : one.steps)
    for (const lesson::NearMiss& miss : step.near_misses) misses.push_back(miss.id);
  const Result<LiveManifests> parts = live_manifests(one.world.manifests);
  return {{"id", one.id},
          {"minutes", one.minutes},
          {"containers", one.on_containers},
          {"nodes", one.world.nodes.size()},
          {"cordons", parts && !parts->cordoned.empty()},
          {"near_misses", misses},
          {"title", {{"en", one.title.en}, {"ko", one.title.ko}}}};
}

}  // namespace

int lesson_list(bool json, bool containers) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const auto& one : library().lessons) {
    if (containers && !one->on_containers) continue;
    if (json) all.push_back(listed(*one));
    else fmt::print("{:<20} {:>3} min  {} / {}\n", one->id, one->minutes, one->title.en, one->title.ko);
  }
  if (json) fmt::print("{}\n", all.dump(2));
  return 0;
}

int lesson_html(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  for (const auto& page : lesson::printed_pages(library())) {
    Result<void> written = host::write_file_atomic(folder + "/" + page.first, page.second, 0644);
    if (!written) return fail(written.error());
  }
  return 0;
}

int lesson_check() {
  lesson::Library lessons = library();
  std::vector<lesson::Problem> problems = lesson::check_library(lessons);
  for (const lesson::Problem& problem : problems) fmt::print("{}\n", lesson::to_string(problem));
  fmt::print("{} lessons, {} problems\n", lessons.lessons.size(), problems.size());
  return problems.empty() ? 0 : 1;
}

namespace {

using Tell = std::function<void(const lesson::Proof&)>;

void prove(const std::shared_ptr<const lesson::Lesson>& one, LiveStageFactory* live, const std::string& only, const Tell& tell) {
  if (live) return lesson::prove_live(one, *live, only, tell);
  app::SimStageFactory simulated;
  for (const lesson::Proof& proof : lesson::prove(one, simulated)) tell(proof);
}

}  // namespace

int lesson_run(const LessonRunOptions& options) {
  lesson::Library lessons = library();
  std::optional<LiveStageFactory> live;
  if (!options.kubeconfig.empty()) {
    Result<http::ClusterAccess> access = http::read_kubeconfig(options.kubeconfig);
    if (!access) return fail(access.error());
    live.emplace(LiveStageOptions{*access, options.kubeconfig, options.kubectl});
  }
  int failed = 0, proved = 0;
  for (const std::string& id : options.ids) {
    std::shared_ptr<const lesson::Lesson> one = lessons.find(id);
    if (!one) return fail(make_error(Reason::NotFound, cat("there is no lesson \"", id, "\"; orrery lesson list names them")));
    if (live && !one->on_containers)
      return fail(make_error(Reason::Invalid, cat("the lesson \"", id, "\" runs on the simulated cluster only; orrery lesson list --containers names the others")));
    prove(one, live ? &*live : nullptr, options.only, [&](const lesson::Proof& proof) {
      fmt::print("{} {}\n", proof.passed ? "passed" : "failed", proof.name);
      if (!proof.passed) fmt::print("{}\n", proof.why);
      std::fflush(stdout);
      failed += proof.passed ? 0 : 1;
      ++proved;
    });
  }
  if (proved == 0) return fail(make_error(Reason::NotFound, cat("no near miss is called \"", options.only, "\"")));
  return failed ? 1 : 0;
}

}  // namespace orrery::daemon
