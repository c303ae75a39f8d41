// All checkers beside one world. The world's driver calls observe() after each slice of time.
#pragma once

#include "runtime_sim/checkers/checker.h"
#include "runtime_sim/checkers/watch_checker.h"
#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {

class Observer {
 public:
  explicit Observer(SimWorld& world);

  void observe();
  // After healing and settling.
  void at_rest();
  // Nothing but heartbeats (leases, events, node status) was written for that long.
  Duration quiet_for() const;
  const Mirror& mirror() const { return mirror_; }
  // In order of time; at most kViolationsMax.
  static constexpr size_t kViolationsMax = 20;
  Report violations() const;
  uint64_t changes() const { return changes_; }

 private:
  void look_at_processes();

  SimWorld& world_;
  Mirror mirror_;
  std::vector<CheckerPtr> checkers_;
  std::vector<std::unique_ptr<WatchChecker>> watches_;
  Instant last_write_, next_look_;
  Report explanations_;
  uint64_t changes_ = 0;
};

}  // namespace orrery::sim
