// The container runtime port on a Docker Engine: a pod is a sandbox that owns network and IPC, and containers that
// joined.
//
// Runs on the io_context's thread, which must also be the loop's; answers are tasks. Containers outlive this object:
// another one with the same Owner finds them by their labels.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "core/ports/container_runtime.h"
#include "runtime_native/docker/container_config.h"
#include "runtime_native/docker/engine_address.h"

namespace orrery::docker {

struct DockerOptions {
  EngineAddress engine;
  Owner owner;
  // What the engine's machine has left; empty: it can't be told, as of an engine elsewhere. Quick: called on the loop.
  std::function<ports::MachineReading()> machine;
  int starts_max = 0;  // containers that start at once; 0: twice the engine's cores
};

class DockerRuntime final : public ports::ContainerRuntime {
 public:
  DockerRuntime(boost::asio::io_context& io, ports::TaskQueue& queue, DockerOptions options);
  ~DockerRuntime() override;

  void info(ports::ReplyTo reply) override;
  void run_sandbox(ports::SandboxSpec spec, ports::ReplyTo reply) override;
  void stop_sandbox(Str id, ports::ReplyTo reply) override;
  void remove_sandbox(Str id, ports::ReplyTo reply) override;
  void create_container(ports::ContainerSpec spec, ports::ReplyTo reply) override;
  void start_container(Str id, ports::ReplyTo reply) override;
  void stop_container(Str id, Duration grace, ports::ReplyTo reply) override;
  void remove_container(Str id, ports::ReplyTo reply) override;
  void list_pods(ports::ReplyTo reply) override;
  void pod_status(ports::PodRef pod, ports::ReplyTo reply) override;
  void subscribe(ports::ReplyTo reply) override;
  void exec_sync(Str id, ports::ExecOptions options, ports::ReplyTo reply) override;
  uint64_t exec(Str id, ports::ExecOptions options, ports::ReplyTo reply) override;
  uint64_t attach(Str id, bool stdin_open, bool tty, ports::ReplyTo reply) override;
  uint64_t logs(Str id, ports::LogOptions options, ports::ReplyTo reply) override;
  void stream_input(uint64_t stream, Str bytes) override;
  void stream_close_input(uint64_t stream) override;
  void stream_resize(uint64_t stream, uint16_t width, uint16_t height) override;
  void stream_cancel(uint64_t stream) override;
  void stats(ports::ReplyTo reply) override;
  void machine(ports::ReplyTo reply) override;
  void update_resources(Str id, int64_t memory_bytes, int64_t cpu_milli, ports::ReplyTo reply) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace orrery::docker
