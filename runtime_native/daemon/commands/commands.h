// The commands of the `orrery` program. Each returns the exit status: 0, or 1 after one sentence on standard error.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace orrery::daemon {

struct UpOptions {
  bool simulated = false;
  bool api_only = false;
  std::string node_prefix;  // nodes are called PREFIX-1, PREFIX-2 ...; "": after the machine, or node
  int nodes = -1;  // -1: three simulated ones, or one on the Docker Engine
  uint16_t api_port = 6443;
  uint16_t page_port = 8080;
  std::string api_address = "127.0.0.1";
  std::string state_dir;
  std::string web_dir;
  std::string seed;
  std::string recording;  // a file of nodes, images and what was typed; "": none
};
int up(const UpOptions& options);

struct DownOptions {
  std::string state_dir;
  bool purge = false;
};
int down(const DownOptions& options);

struct StatusOptions {
  std::string state_dir;
  bool json = false;
};
int status(const StatusOptions& options);

struct KubectlOptions {
  std::string state_dir;
  std::vector<std::string> arguments;  // as kubectl takes them
};
int kubectl(const KubectlOptions& options);

struct SimRunOptions {
  std::string scenario;
  std::string seed;
  std::string until;  // "90s"
  bool verbose = false;
  bool json = false;
};
// Prints "fingerprint: HEX".
int sim_run(const SimRunOptions& options);

struct SimSwarmOptions {
  std::vector<std::string> scenarios;
  int seeds = 100;
  std::string first_seed;
  bool shrink = false, plan = false;
};
// Plans drawn from that many seeds with every checker beside them, or scenarios over the seeds; a failing one ends with
// the line that repeats it.
int sim_swarm(const SimSwarmOptions& options);

struct SimImportOptions {
  std::string kubeconfig;
  std::string output;  // the file to write
  bool secrets = false;
};
// Reads that cluster, writes it as a scenario, prints what is in it and what isn't.
int sim_import(const SimImportOptions& options);

struct SimCompareOptions {
  std::string scenario, kubeconfig, seed;
  std::string settle = "10s";  // waited after the last step, on both sides
  bool verbose = false, json = false;
};
// Runs the scenario simulated and on that cluster; 1 when an expectation fails or the ends differ.
int sim_compare(const SimCompareOptions& options);

// All of them, or those that run on real containers.
int lesson_list(bool json, bool containers);
int lesson_check();
// Writes every lesson as HTML into a folder.
int lesson_html(const std::string& folder);

struct LessonRunOptions {
  std::vector<std::string> ids;
  std::string kubeconfig;  // of the cluster to prove them on; "": simulated ones
  std::string kubectl;     // the program that types there; "": Orrery's own
  std::string only;        // of the proofs there: "solution" or the id of a near miss; "": all
};
int lesson_run(const LessonRunOptions& options);
int play(const std::vector<std::string>& arguments);

struct PlayClusterOptions {
  std::string kubeconfig, web_dir;
  uint16_t page_port = 8080;
};
// Serves the page on that cluster until a signal; prints "page: URL".
int play_cluster(const PlayClusterOptions& options);
int version(bool json);

// The folder of this program.
std::string program_folder();
// The page that was built beside it.
std::string built_web_dir();
// A number, or any text (a commit's hash); none: a random one.
uint64_t seed_of(const std::string& text);

// Prints "orrery: MESSAGE" on standard error; returns 1.
int fail(const Error& error);

constexpr const char* kVersion = ORRERY_VERSION;

}  // namespace orrery::daemon
