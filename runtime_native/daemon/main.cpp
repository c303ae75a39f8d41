// The `orrery` program: reads the command line. Wrong usage exits with 2, everything else that fails with 1.
#include <signal.h>

#include <CLI/CLI.hpp>

#include "runtime_native/daemon/commands/commands.h"

using namespace orrery::daemon;

namespace {

constexpr int kWrongUsage = 2;

void add_state_dir(CLI::App& command, std::string& value) {
  command.add_option("--state-dir", value, "where the cluster's state lives (default: $XDG_STATE_HOME/orrery)")->type_name("DIR");
}

void add_output(CLI::App& command, std::string& value) {
  command.add_option("-o,--output", value, "json, or text for people")->check(CLI::IsMember({"json", "text"}));
}

void add_up(CLI::App& app, UpOptions& o) {
  CLI::App& up = *app.add_subcommand("up", "Start a cluster, print \"kubeconfig: PATH\" and \"page: URL\"; run until a signal");
  up.add_flag("--simulated", o.simulated, "simulated nodes even if a Docker Engine answers");
  up.add_option("--nodes", o.nodes, "number of nodes")->check(CLI::Range(0, 5000))->type_name("N");
  up.add_option("--api-port", o.api_port, "port of the Kubernetes API (default 6443; 0: a free one)")->type_name("P");
  up.add_option("--page-port", o.page_port, "port of the page (default 8080; 0: a free one)")->type_name("P");
  up.add_option("--api-address", o.api_address, "address that the Kubernetes API listens on (default 127.0.0.1)")->type_name("IP");
  up.add_option("--web-dir", o.web_dir, "folder of the built page")->type_name("DIR");
  up.add_option("--seed", o.seed, "seed of the simulated world")->type_name("S");
  add_state_dir(up, o.state_dir);
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Orrery: a container orchestrator that you can see through", "orrery");
  app.require_subcommand(1);
  UpOptions up_options;
  add_up(app, up_options);
  DownOptions down_options;
  CLI::App& down_command = *app.add_subcommand("down", "Stop the cluster and remove what it made");
  add_state_dir(down_command, down_options.state_dir);
  down_command.add_flag("--purge", down_options.purge, "the state too");
  StatusOptions status_options;
  std::string output;
  CLI::App& status_command = *app.add_subcommand("status", "Say whether a cluster runs, and where");
  add_state_dir(status_command, status_options.state_dir);
  add_output(status_command, output);
  CLI::App& version_command = *app.add_subcommand("version", "Print the version");
  add_output(version_command, output);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kWrongUsage;
  }
  bool json = output == "json";
  status_options.json = json;
  if (app.got_subcommand("up")) return up(up_options);
  if (app.got_subcommand("down")) return down(down_options);
  if (app.got_subcommand("status")) return status(status_options);
  return version(json);
}
