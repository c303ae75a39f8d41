#include "playground/app/lesson_stage/fault_words.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/kubectl/kubectl.h"
#include "runtime_sim/faults/fault.h"

namespace orrery::app {
namespace {

constexpr std::size_t kMeaningColumn = 52;
constexpr const char* kParts = "apiserver, etcd, scheduler, controller-manager, metrics-server, dns";

std::string known_faults() {
  std::string out;
  for (const sim::FaultForm& form : sim::fault_forms()) {
    std::string line = "break " + std::string(form.form);
    line.resize(std::max(line.size() + 2, kMeaningColumn), ' ');
    out += line + std::string(form.meaning) + "\n";
  }
  return out;
}

// Behind an error: what can be stopped, or which faults there are.
std::string what_there_is(const std::string& fault, sim::SimWorld& world) {
  if (fault.rfind("stop ", 0) != 0) return "\n`break` alone lists what can be broken";
  const std::vector<Str> nodes = world.node_names();
  const std::string node = nodes.empty() ? "NODE" : nodes.front().str();
  return std::string("\nparts: ") + kParts + ", node/" + node + " (the whole machine), kubelet/" + node + ", kube-proxy/" + node;
}

lesson::Outcome list(sim::SimWorld& world) {
  std::string out;
  for (const Str& fault : world.faults()) out += fault.str() + "\n";
  return {0, out.empty() ? "nothing is broken\n" : out};
}

void tell(const FaultDone& done, sim::Input::Kind kind, const std::string& fault) {
  if (done) done({{}, kind, fault, 0});
}

lesson::Outcome mend_one(const std::string& fault, sim::SimWorld& world, const FaultDone& done) {
  const std::vector<std::string> before = faults_of(world);
  if (auto ended = sim::end_fault(world, fault); !ended) return {1, ended.error().message.str() + "\n"};
  const std::vector<std::string> after = faults_of(world);
  std::string out;
  for (const std::string& line : before)
    if (std::find(after.begin(), after.end(), line) == after.end()) out += "mended: " + line + "\n";
  if (out.empty()) return {1, "not broken: " + fault + "\n"};
  tell(done, sim::Input::Kind::Heal, fault);
  return {0, out};
}

lesson::Outcome mend(const std::string& fault, sim::SimWorld& world, const FaultDone& done) {
  const std::vector<std::string> broken = faults_of(world);
  if (broken.empty()) return {fault.empty() ? 0 : 1, "nothing is broken\n"};
  if (!fault.empty()) return mend_one(fault, world, done);
  lesson::Outcome all{0, ""};
  for (const std::string& line : broken) {
    const lesson::Outcome one = mend_one(line, world, done);
    all.exit_code = std::max(all.exit_code, one.exit_code);
    all.output += one.output;
  }
  return all;
}

}  // namespace

std::optional<FaultWord> fault_word(const std::string& line) {
  std::string error;
  std::vector<std::string> words = kubectl::split_line(line, error);
  if (!error.empty() || words.empty()) return std::nullopt;
  const std::string word = words[0];
  words.erase(words.begin());
  if (word == "break") return FaultWord{FaultWord::Kind::Break, join(words, " ")};
  if (word == "mend") return FaultWord{FaultWord::Kind::Mend, join(words, " ")};
  if (word == "faults" && words.empty()) return FaultWord{};
  return std::nullopt;
}

std::vector<std::string> faults_of(sim::SimWorld& world) {
  std::vector<std::string> out;
  for (const Str& fault : world.faults()) out.push_back(fault.str());
  return out;
}

lesson::Outcome carry_out(const FaultWord& word, sim::SimWorld& world, const FaultDone& done) {
  if (word.kind == FaultWord::Kind::List) return list(world);
  if (word.kind == FaultWord::Kind::Mend) return mend(word.fault, world, done);
  if (word.fault.empty()) return {0, known_faults()};
  const auto begun = sim::begin_fault(world, word.fault);
  if (!begun) return {1, "error: " + begun.error().message.str() + what_there_is(word.fault, world) + "\n"};
  tell(done, sim::Input::Kind::Fault, word.fault);
  const std::vector<std::string> now = faults_of(world);
  const bool lasts = std::find(now.begin(), now.end(), word.fault) != now.end();
  return {0, lasts ? "broken: " + word.fault + " (mend " + word.fault + ")\n" : "done: " + word.fault + "\n"};
}

std::vector<std::string> complete_fault_word(const std::vector<std::string>& words, sim::SimWorld& world) {
  std::vector<std::string> out;
  if (words.empty() || words.size() > 3) return out;
  if (words[0] == "mend") {
    for (const std::string& fault : faults_of(world)) {
      const std::vector<std::string> parts = split(fault, ' ');
      if (words.size() - 2 < parts.size()) out.push_back(parts[words.size() - 2]);
    }
    return out;
  }
  if (words.size() == 2)
    for (const sim::FaultForm& form : sim::fault_forms()) out.emplace_back(form.name);
  if (words.size() != 3) return out;
  const bool stop = words[1] == "stop";
  for (const Str& node : world.node_names())
    for (const char* prefix : {"node/", "kubelet/", "kube-proxy/"}) out.push_back(stop ? prefix + node.str() : node.str());
  for (const char* part : {"apiserver", "etcd", "scheduler", "controller-manager", "metrics-server", "dns"})
    if (stop || words[1] == "cut" || words[1] == "loss") out.emplace_back(part);
  return out;
}

}  // namespace orrery::app
