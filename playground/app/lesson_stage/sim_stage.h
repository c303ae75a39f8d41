// LessonStage over a simulated world: what a learner has in the tab, without the window.
#pragma once

#include <memory>

#include "playground/lesson_engine/client_world.h"
#include "playground/lesson_engine/lesson_world.h"
#include "runtime_sim/world/sim_world.h"

namespace orrery::app {

constexpr Duration kCommandMax = seconds(120);  // a command that goes on longer is interrupted, as by Ctrl-C

class SimStage final : public lesson::LessonStage, private ports::Target {
 public:
  explicit SimStage(const lesson::WorldSpec& spec);
  ~SimStage() override;

  std::int64_t now_ns() const override { return lesson_world_.now_ns(); }
  void watch(const std::vector<std::string>& kinds) override { lesson_world_.watch(kinds); }
  std::vector<lesson::Change> take_changes() override { return lesson_world_.take_changes(); }
  lesson::Outcome run(const std::string& line) override { return run_with_input(line, ""); }
  void advance(std::int64_t ns) override { world_.run_for(nanos(ns)); }

  // As run, with `input` on standard input.
  lesson::Outcome run_with_input(const std::string& line, const std::string& input);
  sim::SimWorld& world() { return world_; }

 private:
  void on_task(const ports::Task& task) override;

  sim::SimWorld world_;
  client::Client client_;
  lesson::ClientWorld lesson_world_;
  ports::TargetId id_;
  lesson::Outcome outcome_;  // of the command under way
  bool finished_ = false;
};

class SimStageFactory final : public lesson::StageFactory {
 public:
  std::unique_ptr<lesson::LessonStage> make(const lesson::WorldSpec& spec, std::string& error) override;
};

// The world in which a lesson starts.
sim::WorldOptions world_options(const lesson::WorldSpec& spec);

}  // namespace orrery::app
