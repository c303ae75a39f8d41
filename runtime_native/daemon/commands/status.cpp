#include <fmt/core.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "runtime_native/daemon/commands/commands.h"
#include "runtime_native/daemon/state_dir.h"

namespace orrery::daemon {

int fail(const Error& error) {
  fmt::print(stderr, "orrery: {}\n", error.message.view());
  return 1;
}

int status(const StatusOptions& options) {
  StateDir dir = state_dir(options.state_dir);
  Result<RunFile> run = read_run_file(dir);
  bool alive = run.ok() && is_alive(dir, *run);
  if (!alive && !options.json) return fail(make_error(Reason::NotFound, cat("no cluster runs with the state in ", dir.path)));
  if (options.json) {
    nlohmann::ordered_json json{{"running", alive}, {"state_dir", dir.path}};
    if (alive) {
      json["pid"] = run->pid;
      json["version"] = run->version;
      json["kubeconfig"] = run->kubeconfig;
      json["api"] = cat("https://127.0.0.1:", run->api_port);
      json["page"] = run->page_url;
      json["nodes"] = run->nodes;
      json["node_count"] = run->node_count;
      if (!run->engine.empty()) json["engine"] = run->engine;
    }
    fmt::print("{}\n", json.dump(2));
    return alive ? 0 : 1;
  }
  fmt::print("process: {}\nversion: {}\nstate: {}\nkubeconfig: {}\napi: https://127.0.0.1:{}\npage: {}\nnodes: {} {}\n", run->pid,
             run->version, dir.path, run->kubeconfig, run->api_port, run->page_url, run->node_count,
             run->nodes == "docker" ? "on " + run->engine : run->nodes);
  return 0;
}

int version(bool json) {
  if (json) fmt::print("{}\n", nlohmann::ordered_json{{"version", kVersion}, {"kubernetes", "v1.35"}}.dump());
  else fmt::print("orrery {}, speaks the API of Kubernetes v1.35\n", kVersion);
  return 0;
}

}  // namespace orrery::daemon
