#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "core/base/rng.h"
#include "core/base/text.h"
#include "runtime_native/daemon/commands/commands.h"
#include "runtime_native/daemon/control_plane.h"
#include "runtime_native/daemon/local_engine.h"
#include "runtime_native/host/file.h"
#include "runtime_native/host/real_clock.h"

namespace orrery::daemon {
namespace {

constexpr int kSimulatedNodes = 3;

}  // namespace

uint64_t seed_of(const std::string& text) {
  int64_t number = 0;
  if (text.empty()) return host::random_seed();
  return parse_int64(text, number) ? static_cast<uint64_t>(number) : fnv1a(text);
}

int up(const UpOptions& options) {
  ::umask(0077);  // the state holds keys and secrets
  ControlPlaneOptions plane_options;
  plane_options.state = state_dir(options.state_dir);
  plane_options.api_address = options.api_address;
  plane_options.api_port = options.api_port;
  plane_options.node_prefix = options.node_prefix;
  plane_options.api_only = options.api_only;
  plane_options.page_port = options.page_port;
  plane_options.web_dir = options.web_dir.empty() ? built_web_dir() : options.web_dir;
  if (!options.recording.empty()) {
    Result<std::string> text = host::read_file(options.recording);
    if (!text) return fail(text.error());
    Result<sim::Recording> recording = sim::read_recording(*text);
    if (!recording) return fail(make_error(Reason::Invalid, cat(options.recording, ": ", recording.error().message)));
    plane_options.recording = std::move(*recording);
  }
  if (!options.simulated && options.recording.empty()) {
    Result<docker::EngineInfo> engine = local_engine();
    if (engine.ok()) plane_options.engine = *engine;
    else fmt::print("no Docker Engine answers ({}), so the nodes are simulated\n", engine.error().message.view());
  }
  Result<std::string> id = cluster_id(plane_options.state);
  if (!id) return fail(id.error());
  plane_options.cluster_id = *id;
  plane_options.nodes = options.nodes >= 0 ? options.nodes : plane_options.engine ? 1 : kSimulatedNodes;
  if (plane_options.recording) {
    const sim::WorldOptions& world = plane_options.recording->world;
    plane_options.nodes = static_cast<int>(world.nodes.empty() ? world.node_count : world.nodes.size());
  }
  plane_options.seed = options.seed.empty() && plane_options.recording ? plane_options.recording->world.seed : seed_of(options.seed);
  Result<std::unique_ptr<ControlPlane>> opened = ControlPlane::open(plane_options);
  if (!opened) return fail(opened.error());
  ControlPlane& plane = **opened;

  RunFile run;
  run.pid = ::getpid();
  run.api_port = plane.api_port();
  run.page_port = plane.page_port();
  run.page_url = plane.page_url();
  run.kubeconfig = plane_options.state.kubeconfig();
  run.nodes = plane_options.engine ? "docker" : "simulated";
  if (plane_options.engine) run.engine = plane_options.engine->address.text();
  run.node_count = plane_options.nodes;
  run.version = kVersion;
  Result<void> written = write_run_file(plane_options.state, run);
  if (!written) return fail(written.error());
  plane.on_new_page_url([&](const std::string& url) {
    run.page_url = url;
    (void)write_run_file(plane_options.state, run).ok();  // `orrery status` then shows an old address: harmless
  });
  fmt::print("kubeconfig: {}\npage: {}\n", run.kubeconfig, run.page_url);
  std::fflush(stdout);
  plane.run();
  ::unlink(plane_options.state.run_file().c_str());
  return 0;
}

}  // namespace orrery::daemon
