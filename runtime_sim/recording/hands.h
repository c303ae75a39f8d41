// The person at the terminal: command lines that run on beside each other.
#pragma once

#include <map>
#include <string>

#include "core/kubectl/kubectl.h"

namespace orrery::sim {

class SimWorld;

class Hands final : public ports::Target {
 public:
  // REQUIRES: the world outlives it.
  explicit Hands(SimWorld& world);
  ~Hands() override;
  Hands(const Hands&) = delete;
  Hands& operator=(const Hands&) = delete;

  // "kubectl get pods"; the word kubectl may be left out. What it prints is nobody's.
  void type(uint64_t number, const std::string& line);
  void interrupt(uint64_t number);
  // Ctrl-C for what has run for longer.
  void interrupt_older_than(Duration age);

  void on_task(const ports::Task& task) override;

 private:
  struct Session {
    uint64_t id = 0;
    Instant since;
  };
  SimWorld& world_;
  ports::TargetId id_;
  std::map<uint64_t, Session> sessions_;  // by number
};

}  // namespace orrery::sim
