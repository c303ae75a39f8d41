// The person at the terminal: command lines that run on beside each other.
#pragma once

#include <map>
#include <string>

#include "core/kubectl/kubectl.h"

namespace orrery::sim {

class SimWorld;

class Hands final : public ports::Target {
 public:
  struct Session {
    uint64_t id = 0;
    Instant since;
  };
  using Sessions = std::map<uint64_t, Session>;  // by number

  // REQUIRES: the world outlives it.
  explicit Hands(SimWorld& world);
  // Takes over command lines that run in the world, which is a copy of the one where they were typed.
  Hands(SimWorld& world, Sessions sessions);
  ~Hands() override;
  Hands(const Hands&) = delete;
  Hands& operator=(const Hands&) = delete;

  // "kubectl get pods"; the word kubectl may be left out. What it prints is nobody's.
  void type(uint64_t number, const std::string& line);
  void interrupt(uint64_t number);
  void keys(uint64_t number, std::string_view text);
  const Sessions& sessions() const { return sessions_; }
  // Ctrl-C for what has run for longer.
  void interrupt_older_than(Duration age);

  void on_task(const ports::Task& task) override;

 private:
  SimWorld& world_;
  ports::TargetId id_;
  Sessions sessions_;
};

}  // namespace orrery::sim
