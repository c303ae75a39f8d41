// Logs, exec and attach: open streams of a node, by number.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "core/ports/container_runtime.h"
#include "runtime_native/docker/engine_containers.h"

namespace orrery::docker {

class StreamSessions {
 public:
  using Sink = std::function<void(ports::StreamPart)>;
  // local: the engine's processes are this machine's, so that one which outlives its session can be killed.
  StreamSessions(EngineContainers& containers, bool local);
  ~StreamSessions();

  // The sink gets any number of parts, the last with `end`. Nothing after cancel().
  uint64_t exec(const Str& container, ports::ExecOptions options, Sink sink);
  uint64_t attach(const Str& container, bool stdin_open, bool tty, Sink sink);
  uint64_t logs(const Str& container, ports::LogOptions options, Sink sink);
  void exec_sync(const Str& container, ports::ExecOptions options, std::function<void(Result<ports::ExecResult>)> done);

  void input(uint64_t number, const Str& bytes);
  void close_input(uint64_t number);
  void resize(uint64_t number, uint16_t width, uint16_t height);
  // Also kills the process of an exec.
  void cancel(uint64_t number);

 private:
  struct Session;
  using SessionPtr = std::shared_ptr<Session>;
  SessionPtr open(const Str& container, bool tty, Sink sink);
  SessionPtr find(uint64_t number) const;
  StreamHandlers handlers_of(const SessionPtr& session);
  void attach_stream(const SessionPtr& session, EngineStreamPtr stream);
  void deliver(const SessionPtr& session, std::string_view bytes);
  void finish(const SessionPtr& session, std::optional<Error> error, int32_t exit_code = 0);
  void fetch_exit_code(const SessionPtr& session, int tries);
  void apply_size(const SessionPtr& session, int tries);
  void time_out(const SessionPtr& session);
  void kill_process(const SessionPtr& session, int tries);

  EngineContainers& containers_;
  bool local_;
  uint64_t last_ = 0;
  std::map<uint64_t, SessionPtr> open_;
};

}  // namespace orrery::docker
