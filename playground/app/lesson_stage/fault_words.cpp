#include "playground/app/lesson_stage/fault_words.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/text.h"
#include "core/kubectl/kubectl.h"
#include "runtime_sim/faults/fault.h"

namespace orrery::app {
namespace {

constexpr std::size_t kMeaningColumn = 52;
constexpr const char* kParts[] = {"apiserver", "etcd", "scheduler", "controller-manager", "metrics-server", "dns"};
constexpr const char* kNodeParts[] = {"node/", "kubelet/", "kube-proxy/"};
constexpr std::size_t kNodesNamed = 6;
constexpr std::size_t kWordMax = 80;  // longer ones were not meant to be a part

std::string known_faults() {
  std::string out;
  for (const sim::FaultForm& form : sim::fault_forms()) {
    std::string line = "break " + std::string(form.form);
    line.resize(std::max(line.size() + 2, kMeaningColumn), ' ');
    out += line + std::string(form.meaning) + "\n";
  }
  return out;
}

std::vector<std::string> parts_of(sim::SimWorld& world) {
  std::vector<std::string> out(std::begin(kParts), std::end(kParts));
  for (const char* part : kNodeParts)
    for (const Str& node : world.node_names()) out.push_back(part + node.str());
  return out;
}

// How many letters must be put in, left out or exchanged to make one of the other.
std::size_t apart(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j)
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])}));
  }
  return row[b.size()];
}

// The first of the nearest, if one is near: a letter or two apart, or one is a whole piece of the other ("node-2" of
// "node/node-2").
std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  if (word.empty() || word.size() > kWordMax) return "";
  std::string best;
  std::size_t least = std::min<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& name : known) {
    const bool piece = name.rfind(word + "/", 0) == 0 || ends_with(name, "/" + word);
    const std::size_t distance = piece ? 1 : apart(word, name);
    if (distance < least) least = distance, best = name;
  }
  return best;
}

// What was meant, as far as can be told: a misspelt name, a part without "stop", a blank for a "/".
std::string meant(const std::string& fault, sim::SimWorld& world) {
  std::vector<std::string> words = split(fault, ' '), names;
  for (const sim::FaultForm& form : sim::fault_forms()) names.emplace_back(form.name);
  const bool known = std::find(names.begin(), names.end(), words[0]) != names.end();
  if (!known) {
    const std::string part = nearest(join(words, "/"), parts_of(world)), name = nearest(words[0], names);
    if (!part.empty()) return "stop " + part;
    if (name.empty()) return "";
    words[0] = name;
  }
  if (words[0] != "stop") return known ? "" : join(words, " ");
  words.erase(words.begin());
  const std::string part = nearest(join(words, "/"), parts_of(world));
  return part.empty() ? "" : "stop " + part;
}

// Behind an error: what was meant, or what can be stopped, or which faults there are.
std::string what_there_is(const std::string& fault, sim::SimWorld& world) {
  if (const std::string line = meant(fault, world); !line.empty() && line != fault) return "\nwrite: break " + line;
  if (fault != "stop" && fault.rfind("stop ", 0) != 0) return "\n`break` alone lists what can be broken";
  std::string out = "\nparts: ";
  for (const char* part : kParts) out += std::string(part) + ", ";
  out += "node/NAME (the whole machine), kubelet/NAME, kube-proxy/NAME\nnodes: ";
  const std::vector<Str> nodes = world.node_names();
  for (std::size_t i = 0; i < std::min(nodes.size(), kNodesNamed); ++i) out += (i == 0 ? "" : ", ") + nodes[i].str();
  return out + (nodes.size() > kNodesNamed ? ", ..." : "");
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
    for (const char* prefix : kNodeParts) out.push_back(stop ? prefix + node.str() : node.str());
  for (const char* part : kParts)
    if (stop || words[1] == "cut" || words[1] == "loss") out.emplace_back(part);
  return out;
}

}  // namespace orrery::app
