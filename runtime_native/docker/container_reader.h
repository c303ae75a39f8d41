// Reads all of the owner's containers: one list, and an inspect for each container whose state isn't known yet.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "core/ports/container_runtime.h"
#include "runtime_native/docker/engine_containers.h"

namespace orrery::docker {

class ContainerReader {
 public:
  struct Seen {
    ports::PodRef pod;
    ports::ContainerStatus status;
    int64_t pid = 0;
  };
  struct Picture {
    std::vector<ports::SandboxStatus> sandboxes;
    std::vector<Seen> containers;
  };
  using PictureDone = std::function<void(Result<Picture>)>;

  explicit ContainerReader(EngineContainers& containers) : containers_(containers) {}

  // filter: as owner_filter() makes it. keep: remember what was seen, because every change will be told by changed().
  void read(const std::string& filter, bool keep, PictureDone done);
  void changed(const Str& container_id);
  void forget_all();

 private:
  struct Known {
    std::string state;  // as listed when it was inspected
    Seen seen;
  };
  EngineContainers& containers_;
  std::map<Str, Known> known_;
  uint64_t changes_ = 0;
};

}  // namespace orrery::docker
