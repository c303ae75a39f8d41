// The `orrery` program: reads the command line. Wrong usage exits with 2, everything else that fails with 1.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>

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
  up.add_flag("--api-only", o.api_only, "the API server alone: no controllers, no scheduler, no metrics");
  CLI::Option* nodes = up.add_option("--nodes", o.nodes, "number of nodes")->check(CLI::Range(0, 5000))->type_name("N");
  up.add_option("--node-prefix", o.node_prefix, "nodes on the Docker Engine are called PREFIX-1, PREFIX-2 ... (default: after this machine)")->type_name("PREFIX");
  up.add_option("--recording", o.recording, "simulated nodes and images of a recording or imported cluster; a new cluster gets its objects, too")
      ->type_name("FILE")->excludes(nodes);
  up.add_option("--api-port", o.api_port, "port of the Kubernetes API (default 6443; 0: a free one)")->type_name("P");
  up.add_option("--page-port", o.page_port, "port of the page (default 8080; 0: a free one)")->type_name("P");
  up.add_option("--api-address", o.api_address, "address that the Kubernetes API listens on (default 127.0.0.1)")->type_name("IP");
  up.add_option("--web-dir", o.web_dir, "folder of the built page")->type_name("DIR");
  up.add_option("--seed", o.seed, "seed of the simulated world")->type_name("S");
  add_state_dir(up, o.state_dir);
}

// Only with --kubeconfig: without it the window's program reads its own words.
void add_play(CLI::App& play, PlayClusterOptions& o) {
  play.add_option("--kubeconfig", o.kubeconfig, "the cluster to show, any Kubernetes; what its API doesn't tell stays grey")->type_name("FILE")->required();
  play.add_option("--page-port", o.page_port, "port of the page (default 8080; 0: a free one)")->type_name("P");
  play.add_option("--web-dir", o.web_dir, "folder of the built page")->type_name("DIR");
}

struct SimCommands {
  SimRunOptions run;
  SimSwarmOptions swarm;
  SimImportOptions import;
  SimCompareOptions compare;
};

void add_sim(CLI::App& app, SimCommands& o, std::string& output) {
  CLI::App& sim = *app.add_subcommand("sim", "Run scenarios on a simulated cluster, copy a live one, compare with it");
  sim.require_subcommand(1);
  CLI::App& run = *sim.add_subcommand("run", "Run one scenario, print \"fingerprint: HEX\"");
  run.add_option("SCENARIO", o.run.scenario, "a scenario file")->required();
  run.add_option("--seed", o.run.seed, "instead of the scenario's own")->type_name("S");
  run.add_option("--until", o.run.until, "virtual time to stop at, such as 90s")->type_name("T");
  run.add_flag("--verbose", o.run.verbose, "print the commands and their output");
  add_output(run, output);
  CLI::App& import = *sim.add_subcommand("import", "Copy a live cluster's objects into a scenario; print what is in it and what isn't");
  import.add_option("--kubeconfig", o.import.kubeconfig, "how to reach the cluster: certificates, tokens and exec plugins work")->required()->type_name("FILE");
  import.add_flag("--secrets", o.import.secrets, "the contents of secrets, too; without it pods get stand-ins");
  import.add_option("-o,--output", o.import.output, "the file to write")->required()->type_name("FILE");
  CLI::App& compare = *sim.add_subcommand("compare", "Run a scenario simulated and on a live cluster, show how their ends differ; what it makes stays there");
  compare.add_option("SCENARIO", o.compare.scenario, "a scenario file without faults")->required();
  compare.add_option("--kubeconfig", o.compare.kubeconfig, "how to reach the live cluster")->required()->type_name("FILE");
  compare.add_option("--seed", o.compare.seed, "of the simulated one, instead of the scenario's own")->type_name("S");
  compare.add_option("--settle", o.compare.settle, "time after the last step before the ends are read (default 10s)")->type_name("T");
  compare.add_flag("--verbose", o.compare.verbose, "print the commands and their output");
  add_output(compare, output);
  CLI::App& swarm = *sim.add_subcommand("swarm", "Clusters, faults and actions drawn from seeds, checked all along");
  swarm.add_option("SCENARIO", o.swarm.scenarios, "scenario files to run over the seeds instead");
  swarm.add_flag("--shrink", o.swarm.shrink, "cut the first failure down and print it as a scenario");
  swarm.add_flag("--plan", o.swarm.plan, "print the first seed's plan as a scenario, run nothing");
  swarm.add_option("--seeds", o.swarm.seeds, "how many (default 100)")->check(CLI::PositiveNumber)->type_name("N");
  swarm.add_option("--seed", o.swarm.first_seed, "the first one (default 1)")->type_name("S");
}

struct LessonCommands {
  LessonRunOptions run;
  bool containers = false;
  std::string folder;
};

void add_lesson(CLI::App& app, LessonCommands& o, std::string& output) {
  CLI::App& lesson = *app.add_subcommand("lesson", "List, check and prove the lessons");
  lesson.require_subcommand(1);
  CLI::App& list = *lesson.add_subcommand("list", "List the lessons");
  list.add_flag("--containers", o.containers, "those that run on real containers");
  add_output(list, output);
  lesson.add_subcommand("check", "Check every lesson's text, goals and schema");
  lesson.add_subcommand("html", "Write every lesson as pages that need no script, both languages")
      ->add_option("FOLDER", o.folder, "where; index.html lists them")->required();
  CLI::App& run = *lesson.add_subcommand("run", "Prove that lessons can be solved and their mistakes told apart: simulated, or on a live cluster in real time");
  run.add_option("LESSON", o.run.ids)->required();
  CLI::Option* live = run.add_option("--kubeconfig", o.run.kubeconfig, "a live cluster with nodes node-1, node-2 ...; each proof works in a namespace of its own and removes it")
      ->type_name("FILE");
  run.add_option("--kubectl", o.run.kubectl, "the kubectl program that runs the commands there (default: Orrery's own)")->type_name("PROGRAM")->needs(live);
  run.add_option("--only", o.run.only, "of the proofs there: \"solution\" or the id of a near miss")->type_name("ID")->needs(live);
}

// `orrery kubectl ...` and `orrery play ...` hand their words on unread, so CLI11 sees none of them.
bool passes_on(int argc, char** argv, int& status) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) return false;
  std::vector<std::string> rest(words.begin() + 1, words.end());
  const bool cluster = std::any_of(rest.begin(), rest.end(), [](const std::string& word) { return word.rfind("--kubeconfig", 0) == 0; });
  if (words[0] == "play" && !cluster) {
    status = play(rest);
    return true;
  }
  if (words[0] != "kubectl") return false;
  KubectlOptions options;
  if (rest.size() >= 2 && rest[0] == "--state-dir") {
    options.state_dir = rest[1];
    rest.erase(rest.begin(), rest.begin() + 2);
  }
  options.arguments = rest;
  status = kubectl(options);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  int passed_on = 0;
  if (passes_on(argc, argv, passed_on)) return passed_on;
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
  SimCommands sim;
  add_sim(app, sim, output);
  LessonCommands lessons;
  add_lesson(app, lessons, output);
  app.add_subcommand("kubectl", "kubectl [--state-dir DIR] ARGUMENTS...: our own kubectl, against the running cluster");
  PlayClusterOptions play_options;
  CLI::App& play_command = *app.add_subcommand("play", "Open the playground in a window; with --kubeconfig, serve the page on that cluster");
  add_play(play_command, play_options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kWrongUsage;
  }
  bool json = output == "json";
  status_options.json = json;
  if (app.got_subcommand("up")) return up(up_options);
  if (app.got_subcommand("play")) return play_cluster(play_options);
  if (app.got_subcommand("down")) return down(down_options);
  if (app.got_subcommand("status")) return status(status_options);
  if (app.got_subcommand("sim")) {
    sim.run.json = json;
    if (app.get_subcommand("sim")->got_subcommand("import")) return sim_import(sim.import);
    sim.compare.json = json;
    if (app.get_subcommand("sim")->got_subcommand("compare")) return sim_compare(sim.compare);
    return app.get_subcommand("sim")->got_subcommand("run") ? sim_run(sim.run) : sim_swarm(sim.swarm);
  }
  if (CLI::App& lesson = *app.get_subcommand("lesson"); lesson.parsed()) {
    if (lesson.got_subcommand("list")) return lesson_list(json, lessons.containers);
    if (lesson.got_subcommand("html")) return lesson_html(lessons.folder);
    return lesson.got_subcommand("check") ? lesson_check() : lesson_run(lessons.run);
  }
  return version(json);
}
