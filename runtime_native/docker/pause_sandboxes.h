// A sandbox as a container of the pause image that owns network and IPC.
#pragma once

#include "runtime_native/docker/pause_image.h"
#include "runtime_native/docker/sandboxes.h"

namespace orrery::docker {

class PauseSandboxes final : public Sandboxes {
 public:
  // oom_score_adj_min is raised to 0 when the engine turns out not to be allowed negative ones.
  PauseSandboxes(EngineContainers& containers, StartGate& gate, Owner owner, int& oom_score_adj_min);
  void run(ports::SandboxSpec spec, IdDone done) override;
  void stop(const Str& id, Done done) override;
  void remove(const Str& id, Done done) override;
  void join(const Str& id, bool share_pid, JoinDone done) override;

 private:
  void make(std::shared_ptr<const ports::SandboxSpec> spec, IdDone done);
  // Applies `act` to every container of the sandbox, then calls done with the first failure or success.
  void for_each_member(const Str& id, bool running_only, std::function<void(const Str&, Done)> act, Done done);
  EngineContainers& containers_;
  StartGate& gate_;
  Owner owner_;
  int& oom_score_adj_min_;
  PauseImage image_;
};

}  // namespace orrery::docker
