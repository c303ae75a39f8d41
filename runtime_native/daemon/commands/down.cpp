#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "runtime_native/daemon/commands/commands.h"
#include "runtime_native/daemon/local_engine.h"
#include "runtime_native/daemon/state_dir.h"
#include "runtime_native/host/file.h"

namespace orrery::daemon {
namespace {

constexpr int kStopPolls = 300;  // of 100 ms

// Ends the running server and waits for it.
Result<void> stop_server(const StateDir& dir) {
  Result<RunFile> run = read_run_file(dir);
  if (!run) return run.error().reason == Reason::NotFound ? Result<void>() : Result<void>(run.error());
  if (is_alive(dir, *run)) {
    ::kill(static_cast<pid_t>(run->pid), SIGTERM);
    for (int i = 0; i < kStopPolls && is_alive(dir, *run); ++i) ::usleep(100'000);
    if (is_alive(dir, *run)) {
      return make_error(Reason::Timeout, cat("the server (process ", run->pid, ") does not end; stop it with kill -9 ", run->pid));
    }
    fmt::print("stopped the server (process {})\n", run->pid);
  }
  ::unlink(dir.run_file().c_str());
  return {};
}

// Containers outlive the server; here they end.
Result<void> remove_containers(const StateDir& dir) {
  if (!host::file_exists(dir.cluster_id_file())) return {};
  Result<std::string> id = cluster_id(dir);
  if (!id) return id.error();
  Result<docker::EngineInfo> engine = local_engine();
  if (!engine) return {};  // no engine, no containers that could be reached
  Result<int> removed = remove_cluster_containers(engine->address, *id);
  if (!removed) return removed.error();
  if (*removed > 0) fmt::print("removed {} containers\n", *removed);
  return {};
}

// Removes only what we made: a folder named by mistake keeps everything else.
Result<void> purge(const StateDir& dir) {
  namespace fs = std::filesystem;
  std::error_code ec;
  for (const char* name : {"journal.db", "journal.db-wal", "journal.db.lock", "kubeconfig", "run.json", "cluster-id"}) {
    fs::remove(dir.path + "/" + name, ec);
    if (ec) return make_error(Reason::InternalError, cat("cannot remove ", dir.path, "/", name, ": ", ec.message()));
  }
  for (const char* name : {"pki", "volumes", "logs"}) {
    fs::remove_all(dir.path + "/" + name, ec);
    if (ec) return make_error(Reason::InternalError, cat("cannot remove ", dir.path, "/", name, ": ", ec.message()));
  }
  fs::remove(dir.path, ec);  // stays when something else is in it
  fmt::print("removed the state in {}\n", dir.path);
  return {};
}

}  // namespace

int down(const DownOptions& options) {
  StateDir dir = state_dir(options.state_dir);
  Result<void> done = stop_server(dir);
  if (!done) return fail(done.error());
  done = remove_containers(dir);
  if (!done) return fail(done.error());
  if (options.purge && host::file_exists(dir.path)) {
    done = purge(dir);
    if (!done) return fail(done.error());
  }
  return 0;
}

}  // namespace orrery::daemon
