#include "runtime_native/daemon/state_dir.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "runtime_native/host/file.h"
#include "runtime_native/host/real_clock.h"
#include "runtime_native/sqlite/file_lock.h"

namespace orrery::daemon {

std::string environment(const char* name) {
  const char* value = ::getenv(name);
  return value ? value : "";
}

StateDir state_dir(const std::string& chosen) {
  std::string path = chosen;
  if (path.empty() && !environment("XDG_STATE_HOME").empty()) path = environment("XDG_STATE_HOME") + "/orrery";
  if (path.empty()) path = (environment("HOME").empty() ? "/var/lib" : environment("HOME") + "/.local/state") + "/orrery";
  if (path[0] != '/') {
    char buffer[4096];
    if (::getcwd(buffer, sizeof buffer)) path = cat(buffer, "/", path);
  }
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return StateDir{path};
}

Result<std::string> cluster_id(const StateDir& dir) {
  Result<std::string> id = host::read_file(dir.cluster_id_file());
  if (id.ok() && !trim(*id).empty()) return std::string(trim(*id));
  if (!id.ok() && id.error().reason != Reason::NotFound) return id;
  Result<void> done = host::make_dirs(dir.path, 0700);
  std::string fresh = hex64(host::random_seed());
  if (done.ok()) done = host::write_file_atomic(dir.cluster_id_file(), fresh + "\n", 0600);
  if (!done) return done.error();
  return fresh;
}

Result<void> write_run_file(const StateDir& dir, const RunFile& run) {
  nlohmann::ordered_json json{{"pid", run.pid},           {"api_port", run.api_port},     {"page_port", run.page_port},
                              {"page_url", run.page_url}, {"kubeconfig", run.kubeconfig}, {"nodes", run.nodes},
                              {"node_count", run.node_count}, {"engine", run.engine},     {"version", run.version}};
  return host::write_file_atomic(dir.run_file(), json.dump(2) + "\n", 0600);
}

Result<RunFile> read_run_file(const StateDir& dir) {
  Result<std::string> text = host::read_file(dir.run_file());
  if (!text) return text.error();
  nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return make_error(Reason::InternalError, cat(dir.run_file(), " can't be read; remove it"));
  RunFile run;
  auto text_at = [&](const char* name) { return json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : ""; };
  auto number_at = [&](const char* name) { return json.contains(name) && json[name].is_number_integer() ? json[name].get<int64_t>() : 0; };
  run.pid = number_at("pid");
  run.api_port = static_cast<uint16_t>(number_at("api_port"));
  run.page_port = static_cast<uint16_t>(number_at("page_port"));
  run.page_url = text_at("page_url");
  run.kubeconfig = text_at("kubeconfig");
  run.nodes = text_at("nodes");
  run.node_count = static_cast<int>(number_at("node_count"));
  run.engine = text_at("engine");
  run.version = text_at("version");
  return run;
}

bool is_alive(const StateDir& dir, const RunFile& run) {
  if (run.pid <= 0 || ::kill(static_cast<pid_t>(run.pid), 0) != 0) return false;
  // Process numbers are used again: only the holder of the lock is our server.
  return host::file_exists(dir.journal() + ".lock") && !sqlite::FileLock::take(dir.journal() + ".lock").ok();
}

}  // namespace orrery::daemon
