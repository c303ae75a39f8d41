// What a shell sees of its container on a simulated node.
#pragma once

#include "runtime_sim/nodes/sim_node.h"

namespace orrery::sim {

class ContainerShellHost final : public ShellHost {
 public:
  ContainerShellHost(SimNode& node, Str container_id, uint64_t pid)
      : node_(node), id_(std::move(container_id)), pid_(pid) {}

  void write(uint8_t channel, std::string_view text) override;
  // A view of the container's file tree: image, mounts, then what was written. Changes are kept by commit().
  Map<Str>& files() override;
  bool writable(std::string_view path) override;
  Str hostname() override;
  WallTime wall_now() override { return node_.clock_.now(); }
  std::vector<std::pair<int, std::string>> processes() override;
  bool kill(int pid, int signal) override;
  void listen(int32_t port, std::string body) override;
  List<Str> lookup(const std::string& name, Str* full) override;
  bool dns_answers() override;
  List<Str> aliases(const std::string& name) override;
  Str pod_ip() override;
  ShellUser user() override;
  int32_t mode(std::string_view path) override;
  ~ContainerShellHost() override { commit(); }

 private:
  void commit();
  SimNode& node_;
  Str id_;
  uint64_t pid_;
  bool loaded_ = false;
  Map<Str> before_, files_;
};

}  // namespace orrery::sim
