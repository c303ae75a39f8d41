// Does in real time what a recording's user did: `orrery up --recording`.
#pragma once

#include <map>

#include "core/kubectl/kubectl.h"
#include "core/ports/clock.h"
#include "runtime_sim/recording/recording.h"

namespace orrery::daemon {

class RecordingPlayer final : public ports::Target {
 public:
  // Typed lines are typed when their time has passed since now, Ctrl-C too, and metrics of `outside` set, where that is not
  // null: the nodes are real. What only a world of virtual time can do
  // (faults, nodes that come and go) is left out with a line on standard error, where errors of the typed lines go,
  // too.
  RecordingPlayer(ports::TaskQueue& queue, ports::ApiHandler& api, const ports::Clock& clock, ports::Identity identity,
                  const sim::Recording& recording, sim::SimExternalMetrics* outside);
  ~RecordingPlayer() override;
  RecordingPlayer(const RecordingPlayer&) = delete;
  RecordingPlayer& operator=(const RecordingPlayer&) = delete;

  void on_task(const ports::Task& task) override;

 private:
  enum Kind : uint32_t { kInput = 1, kSaid };
  void type(const sim::Input& input);

  ports::TaskQueue& queue_;
  ports::TargetId id_;
  sim::MemoryFiles files_;
  std::vector<sim::Input> inputs_;
  sim::SimExternalMetrics* outside_;
  std::map<uint64_t, uint64_t> sessions_;  // by number
  kubectl::Kubectl kubectl_;
};

}  // namespace orrery::daemon
