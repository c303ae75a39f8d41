#include "playground/app/world/command_shell.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/api/yaml.h"

namespace orrery::app {
namespace {

constexpr const char* kHelp =
    "kubectl ...        speaks with the cluster; kubectl --help lists its commands\n"
    "ls, cat FILE       your manifest files\n"
    "echo TEXT          prints TEXT\n"
    "break FAULT        breaks a part of this simulated world; break alone lists how\n"
    "mend [FAULT]       mends it, or all that is broken; faults lists that\n"
    "metric NAME VALUE  measures something outside, as queue_length{queue=orders} 30; metrics lists it\n"
    "clear              empties this screen\n";

bool begins(const std::string& text, const std::string& beginning) { return text.rfind(beginning, 0) == 0; }

// Names of the model's objects of a kind as kubectl spells it: "pod", "pods", "po", "deploy", ...
std::vector<std::string> names_of(const std::string& kind, const viewmodel::ClusterModel& model) {
  std::vector<std::string> names;
  if (kind == "pod" || kind == "pods" || kind == "po")
    for (const viewmodel::Pod& pod : model.pods) names.push_back(pod.name);
  if (kind == "node" || kind == "nodes" || kind == "no")
    for (const viewmodel::Node& node : model.nodes) names.push_back(node.name);
  const bool deployment = kind == "deployment" || kind == "deployments" || kind == "deploy";
  const bool set = kind == "replicaset" || kind == "replicasets" || kind == "rs";
  for (const viewmodel::Workload& workload : model.workloads)
    if ((deployment && workload.ref.kind == "Deployment") || (set && workload.ref.kind == "ReplicaSet")) names.push_back(workload.ref.name);
  return names;
}

bool names_pods(const std::string& verb) { return verb == "logs" || verb == "exec" || verb == "attach" || verb == "port-forward"; }

}  // namespace

std::vector<std::string> matching(std::vector<std::string> words, const std::string& beginning) {
  words.erase(std::remove_if(words.begin(), words.end(), [&](const std::string& word) { return !begins(word, beginning) || word.empty(); }), words.end());
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

CommandShell::CommandShell(ports::TaskQueue& queue, kubectl::Kubectl& kubectl, kubectl::FileSource& files)
    : queue_(queue), kubectl_(kubectl), files_(files), id_(queue.attach(*this)) {}

CommandShell::~CommandShell() { queue_.detach(id_); }

void CommandShell::print(std::uint64_t run, const std::string& text, int status) {
  output_.push_back({run, text, status != 0, true, status, {}});
}

void CommandShell::run(std::uint64_t run, const std::string& line, const std::string& input) {
  std::string error;
  std::vector<std::string> words = kubectl::split_line(line, error);
  if (!error.empty()) return print(run, error + "\n", 2);
  if (words.empty()) return print(run, "", 0);
  if (words[0] != "kubectl" && words[0] != "k") return own_word(run, words);
  words.erase(words.begin());
  sessions_[run] = kubectl_.run(std::move(words), input, {id_, 1, run});
}

void CommandShell::own_word(std::uint64_t run, const std::vector<std::string>& words) {
  const std::string& word = words[0];
  std::string text;
  if (word == "help") return print(run, kHelp, 0);
  if (word == "ls") {
    for (const std::string& name : files_.list(words.size() > 1 ? words[1] : ".")) text += name + "\n";
    return print(run, text, 0);
  }
  if (word == "echo") {
    for (std::size_t i = 1; i < words.size(); ++i) text += (i > 1 ? " " : "") + words[i];
    return print(run, text + "\n", 0);
  }
  if (word != "cat") return print(run, word + ": command not found; try help\n", 127);
  if (words.size() < 2) return print(run, "cat: which file?\n", 2);
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string one;
    if (!files_.read(words[i], one)) return print(run, text + "cat: " + words[i] + ": No such file or directory\n", 1);
    text += one;
  }
  print(run, text, 0);
}

void CommandShell::interrupt(std::uint64_t run) {
  const auto found = sessions_.find(run);
  if (found != sessions_.end()) kubectl_.interrupt(found->second);
}

viewmodel::Listener CommandShell::listener(std::uint64_t run) const {
  const auto found = sessions_.find(run);
  const kubectl::Keys keys = found == sessions_.end() ? kubectl::Keys::None : kubectl_.keys(found->second);
  return keys == kubectl::Keys::Terminal ? viewmodel::Listener::Terminal : keys == kubectl::Keys::Lines ? viewmodel::Listener::Lines : viewmodel::Listener::Nobody;
}

void CommandShell::type(std::uint64_t run, const std::string& text) {
  const auto found = sessions_.find(run);
  if (found != sessions_.end()) kubectl_.type(found->second, text);
}

std::uint64_t CommandShell::session_of(std::uint64_t run) const {
  const auto found = sessions_.find(run);
  return found == sessions_.end() ? 0 : found->second;
}

std::vector<std::uint64_t> CommandShell::open_runs() const {
  std::vector<std::uint64_t> runs;
  for (const auto& [run, session] : sessions_) runs.push_back(run);
  return runs;
}

// kubectl has read the object and waits for the editor, which is the page's: there the change is applied as a line of its own.
void CommandShell::open_editor(std::uint64_t run, std::string_view manifest) {
  const auto session = sessions_.find(run);
  kubectl_.interrupt(session->second);
  sessions_.erase(session);
  viewmodel::ShellOutput out{run, "", false, true, 0, {}};
  if (const auto object = api::yaml_to_dom(manifest, false); object.ok() && object->is_object()) {
    const auto& meta = (*object)["metadata"];
    out.editing = {object->value("kind", ""), meta.value("namespace", ""), meta.value("name", "")};
  }
  output_.push_back(std::move(out));
}

void CommandShell::on_task(const ports::Task& task) {
  const auto& output = task.as<kubectl::Output>();
  if (!sessions_.count(task.arg)) return;  // the end of an edit that goes on in the page's editor
  if (output.edit) return open_editor(task.arg, output.text.view());
  output_.push_back({task.arg, output.text.str(), output.channel == 2, output.end, output.exit_code, {}});
  if (output.end) sessions_.erase(task.arg);
}

std::vector<std::string> CommandShell::complete(const std::string& line, const viewmodel::ClusterModel& model) const {
  std::string error;
  std::vector<std::string> words = kubectl::split_line(line, error);
  if (line.empty() || line.back() == ' ') words.push_back("");
  const std::string last = words.back();
  std::vector<std::string> found;
  if (words.size() == 1) {
    found = {"break", "cat", "clear", "echo", "faults", "help", "kubectl", "ls", "mend", "metric", "metrics"};
  } else if (words[0] == "kubectl" || words[0] == "k") {
    words.erase(words.begin());
    found = kubectl::complete_words(words);
    // Names: after a kind, or after a command that is about pods.
    std::vector<std::string> plain;
    for (const std::string& word : words)
      if (!begins(word, "-")) plain.push_back(word);
    if (plain.size() == 3) for (const std::string& name : names_of(plain[1], model)) found.push_back(name);
    if (plain.size() == 2 && names_pods(plain[0])) for (const std::string& name : names_of("pods", model)) found.push_back(name);
  } else if (words[0] == "cat") {
    found = files_.list(".");
  }
  return matching(std::move(found), last);
}

}  // namespace orrery::app
