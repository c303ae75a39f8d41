// The image of the sandbox container, made on the engine itself at first use: no registry, no compiler.
#pragma once

#include <string>
#include <vector>

#include "runtime_native/docker/engine_containers.h"

namespace orrery::docker {

class PauseImage {
 public:
  explicit PauseImage(EngineContainers& containers);
  // "orrery/pause:<hash of the program>"
  const std::string& name() const { return name_; }
  // Makes the image if the engine doesn't have it. Calls that come meanwhile share one answer.
  void ensure(Done done);
  // The engine said that it is not there (pruned by hand): the next ensure() looks again.
  void forget() { known_ = false; }

 private:
  void make();
  void finish(const Result<void>& result);
  EngineContainers& containers_;
  std::string name_, tag_;
  bool known_ = false;
  std::vector<Done> waiting_;
};

}  // namespace orrery::docker
