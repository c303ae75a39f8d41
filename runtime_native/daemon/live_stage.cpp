#include "runtime_native/daemon/live_stage.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "core/api/yaml.h"
#include "core/base/text.h"
#include "playground/lesson_engine/client_world.h"
#include "runtime_native/daemon/live_cluster.h"
#include "runtime_sim/world/sim_world.h"

namespace orrery::daemon {
namespace {

using lesson::Json;
using lesson::Outcome;

constexpr const char* kLessonNamespace = "default";  // as lessons call the namespace they run in
constexpr Duration kCommandMax = seconds(120);       // then it is interrupted, as by Ctrl-C
constexpr Duration kPoll = millis(50);
constexpr Duration kSettle = millis(500);            // for the other watches to tell what was before
constexpr int kAccountTries = 100;  // polls for the namespace's service account, without which pods are refused

// A program whose output is read while the cluster's watches go on.
class Program {
 public:
  explicit Program(const std::vector<std::string>& words) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    if (::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) pid_ = -1;
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    read_ = ends[0];
    ::fcntl(read_, F_SETFL, O_NONBLOCK);
  }
  ~Program() {
    if (read_ >= 0) ::close(read_);
    if (pid_ > 0 && !ended_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool started() const { return pid_ > 0; }
  void interrupt() { ::kill(pid_, SIGINT); }
  // Takes in what it has printed; true once it has ended.
  bool poll() {
    int status = 0;
    ended_ = ::waitpid(pid_, &status, WNOHANG) == pid_;
    char buffer[4096];
    for (ssize_t n; (n = ::read(read_, buffer, sizeof buffer)) > 0;) outcome.output.append(buffer, static_cast<size_t>(n));
    if (ended_) outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ended_;
  }

  Outcome outcome;

 private:
  pid_t pid_ = -1;
  int read_ = -1;
  bool ended_ = false;
};

http::ClusterAccess in_namespace(http::ClusterAccess access, const std::string& ns) {
  access.ns = ns;
  return access;
}

class LiveLessonStage final : public lesson::LessonStage {
 public:
  LiveLessonStage(const LiveStageOptions& options, std::string ns)
      : options_(options),
        ns_(std::move(ns)),
        cluster_(in_namespace(options.access, ns_), no_files_),
        client_(cluster_.api(), cluster_.loop(), {}, "lesson"),
        world_(client_, cluster_.loop()) {}
  ~LiveLessonStage() override {
    for (const std::string& node : cordoned_) own({"uncordon", node});
    if (made_) own({"delete", "namespace", ns_, "--wait=false"});
  }

  // False with `error` when the world can't be had there.
  bool set_up(const lesson::WorldSpec& spec, std::string& error) {
    return has_nodes(spec, error) && make_namespace(error) && apply(spec.manifests, error);
  }

  std::int64_t now_ns() const override { return world_.now_ns(); }
  void watch(const std::vector<std::string>& kinds) override { world_.watch(kinds); }
  std::vector<lesson::Change> take_changes() override {
    for (lesson::Change& change : world_.take_changes()) {
      Json& meta = change.object["metadata"];
      const auto ns = meta.find("namespace");
      if (ns != meta.end() && *ns != ns_) continue;
      if (ns != meta.end()) *ns = kLessonNamespace;
      waiting_.push_back(std::move(change));
    }
    return settled();
  }
  void advance(std::int64_t ns) override { cluster_.wait(nanos(ns)); }

  Outcome run(const std::string& line) override {
    std::string error;
    std::vector<std::string> words = orrery::kubectl::split_line(line, error);
    if (!error.empty()) return {1, error + "\n"};
    if (words.empty() || words[0] != "kubectl") return {127, "on a live cluster only kubectl runs: " + line + "\n"};
    words.erase(words.begin());
    return options_.kubectl.empty() ? own(words) : program(words);
  }

 private:
  // Each kind has a watch of its own, so a new pod may be told before the change of the Deployment that led to it. A moment
  // that never was must not be judged: what is told is some time old, and in the order of its revisions.
  std::vector<lesson::Change> settled() {
    const auto young = std::stable_partition(waiting_.begin(), waiting_.end(), [&](const lesson::Change& change) { return change.at_ns + kSettle.ns <= now_ns(); });
    std::vector<lesson::Change> out(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(young));
    waiting_.erase(waiting_.begin(), young);
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return revision(a) < revision(b); });
    std::int64_t latest = 0;
    for (lesson::Change& change : out) change.at_ns = latest = std::max(latest, change.at_ns);
    return out;
  }
  static int64_t revision(const lesson::Change& change) {
    int64_t out = 0;
    parse_int64(change.object["metadata"].value("resourceVersion", ""), out);
    return out;
  }

  Outcome own(std::vector<std::string> words, std::string input = {}) {
    LiveCluster::Said said = cluster_.kubectl(std::move(words), kCommandMax, std::move(input));
    return {said.exit_code, said.text};
  }

  Outcome program(const std::vector<std::string>& words) {
    std::vector<std::string> all{options_.kubectl, "--kubeconfig", options_.kubeconfig, "--namespace", ns_};
    all.insert(all.end(), words.begin(), words.end());
    Program kubectl(all);
    if (!kubectl.started()) return {127, options_.kubectl + " can't be run\n"};
    bool told = false;
    for (Duration waited; !kubectl.poll(); waited = waited + kPoll) {
      if (waited >= kCommandMax && !std::exchange(told, true)) kubectl.interrupt();
      cluster_.wait(kPoll);
    }
    return kubectl.outcome;
  }

  bool has_nodes(const lesson::WorldSpec& spec, std::string& error) {
    const Outcome names = own({"get", "nodes", "-o", "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}"});
    if (names.exit_code != 0) return error = names.output, false;
    const std::vector<std::string> there = split(names.output, '\n');
    for (const lesson::NodeSpec& node : spec.nodes)
      if (std::find(there.begin(), there.end(), node.name) == there.end()) {
        error = "there is no node " + node.name + "; `orrery up --nodes " + std::to_string(spec.nodes.size()) +
                " --node-prefix node` makes a cluster with the nodes that lessons name";
        return false;
      }
    return true;
  }

  bool make_namespace(std::string& error) {
    const Outcome made = own({"create", "namespace", ns_});
    if (made.exit_code != 0) return error = made.output, false;
    made_ = true;
    for (int i = 0; i < kAccountTries; ++i) {
      if (own({"get", "serviceaccount", "default"}).exit_code == 0) return true;
      cluster_.wait(kPoll);
    }
    error = "the namespace " + ns_ + " gets no service account";
    return false;
  }

  bool apply(const std::string& manifests, std::string& error) {
    const Result<LiveManifests> parts = live_manifests(manifests);
    if (!parts) return error = std::string(parts.error().message.view()), false;
    for (const std::string& name : parts->cordoned) {
      if (own({"cordon", name}).exit_code != 0) return error = "the node " + name + " can't be cordoned", false;
      cordoned_.push_back(name);
    }
    if (parts->objects.empty()) return true;
    const Outcome applied = own({"apply", "-f", "-"}, parts->objects);
    if (applied.exit_code != 0) error = "the manifests are refused: " + applied.output;
    return applied.exit_code == 0;
  }

  const LiveStageOptions& options_;
  const std::string ns_;
  sim::MemoryFiles no_files_;
  LiveCluster cluster_;
  client::Client client_;
  lesson::ClientWorld world_;
  std::vector<lesson::Change> waiting_;  // heard, and not told yet
  std::vector<std::string> cordoned_;
  bool made_ = false;
};

}  // namespace

Result<LiveManifests> live_manifests(const std::string& manifests) {
  LiveManifests out;
  if (manifests.empty()) return out;
  const Result<std::vector<std::string>> documents = api::yaml_documents(manifests);
  if (!documents) return documents.error();
  for (const std::string& document : *documents) {
    const Json object = Json::parse(document, nullptr, false);
    if (object.is_object() && object.value("kind", "") == "Node") out.cordoned.push_back(object["metadata"].value("name", ""));
    else out.objects += document + "\n---\n";
  }
  return out;
}

std::unique_ptr<lesson::LessonStage> LiveStageFactory::make(const lesson::WorldSpec& spec, std::string& error) {
  auto stage = std::make_unique<LiveLessonStage>(options_, cat("lesson-", ::getpid(), "-", ++made_));
  if (!stage->set_up(spec, error)) return nullptr;
  return stage;
}

}  // namespace orrery::daemon
