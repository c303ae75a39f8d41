// Where a cluster keeps what must outlive its process, and the file that says which process runs it now.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace orrery::daemon {

struct StateDir {
  std::string path;
  std::string journal() const { return path + "/journal.db"; }
  std::string pki() const { return path + "/pki"; }
  std::string kubeconfig() const { return path + "/kubeconfig"; }
  std::string page_secret() const { return path + "/pki/page.key"; }
  std::string volumes() const { return path + "/volumes"; }
  std::string cluster_id_file() const { return path + "/cluster-id"; }
  std::string run_file() const { return path + "/run.json"; }
};

// `chosen`, or $XDG_STATE_HOME/orrery, or ~/.local/state/orrery. Always absolute.
StateDir state_dir(const std::string& chosen);

// Names this cluster among others on the same Docker Engine; made at the first start, kept with the state.
Result<std::string> cluster_id(const StateDir& dir);

// What `up` writes once it is ready and removes when it ends. After a crash it stays; is_alive() tells.
struct RunFile {
  int64_t pid = 0;
  uint16_t api_port = 0;
  uint16_t page_port = 0;
  std::string page_url;  // with a token that works once
  std::string kubeconfig;
  std::string nodes;     // "simulated" or "docker"
  int node_count = 0;
  std::string engine;    // address of the Docker Engine, "" when simulated
  std::string version;
};
Result<void> write_run_file(const StateDir& dir, const RunFile& run);
// NotFound when there is none.
Result<RunFile> read_run_file(const StateDir& dir);
// Whether that process holds the state's lock now.
bool is_alive(const StateDir& dir, const RunFile& run);

// A variable of the process's environment, "" when it isn't set.
std::string environment(const char* name);

}  // namespace orrery::daemon
