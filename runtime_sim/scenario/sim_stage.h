// A scenario's world in virtual time.
#pragma once

#include "runtime_sim/recording/hands.h"
#include "runtime_sim/scenario/stage.h"
#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {

class SimStage final : public Stage, public ports::Target {
 public:
  // REQUIRES: the world outlives it. `stop`: 0, or the time at which it is over. `faults_may_miss`: a fault whose
  // object isn't there does nothing, as in the recording of another run.
  SimStage(SimWorld& world, Instant stop, bool faults_may_miss);
  ~SimStage() override;

  uint64_t tasks() const { return tasks_; }
  // From now on each step that lets time pass is done in a copy of the world so far: a test of copies.
  void use_copies() { copies_ = true; }
  // The one that the last step was done in.
  SimWorld& world() { return *world_; }

  Said command(const std::string& line) override;
  void pass(Duration d) override;
  Instant now() override { return world_->loop().now(); }
  bool over() override { return stop_.ns && world_->loop().now() >= stop_; }
  void type(uint64_t number, const std::string& line) override { hands_->type(number, line); }
  void interrupt(uint64_t number) override { hands_->interrupt(number); }
  void keys(uint64_t number, std::string_view text) override { hands_->keys(number, text); }
  Result<void> act(const std::string& what, const nlohmann::json& step) override;

  void on_task(const ports::Task& task) override;

 private:
  void go_on_in_copy();

  std::unique_ptr<SimWorld> copy_;
  SimWorld* world_;
  std::unique_ptr<Hands> hands_;
  bool copies_ = false;
  Instant stop_;
  bool faults_may_miss_;
  ports::TargetId id_;
  Said said_;
  uint64_t tasks_ = 0;
};

}  // namespace orrery::sim
