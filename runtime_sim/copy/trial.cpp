#include <set>

#include "core/base/text.h"
#include "runtime_sim/copy/cluster_copy.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

// Types a recording's lines as its user did, and listens to what they say.
class Typist final : public ports::Target {
 public:
  explicit Typist(SimWorld& world) : world_(world), id_(world.loop().attach(*this)) {}
  ~Typist() override { world_.loop().detach(id_); }

  void type(std::string_view line) {
    std::string error;
    std::vector<std::string> words = kubectl::split_line(line, error);
    if (!words.empty() && words[0] == "kubectl") words.erase(words.begin());
    world_.kubectl().run(std::move(words), "", {id_, 1, 0});
  }
  void on_task(const ports::Task& task) override {
    const auto& output = task.as<kubectl::Output>();
    (output.channel == 2 ? errors : text) += output.text.view();
  }

  std::string text, errors;

 private:
  SimWorld& world_;
  ports::TargetId id_;
};

std::string name_of(const json& pod) {
  return cat(pod["metadata"].value("namespace", ""), "/", pod["metadata"].value("name", ""));
}

// Why it isn't ready, in a word.
std::string trouble_of(const json& pod) {
  for (const json& c : pod.value("/status/containerStatuses"_json_pointer, json::array()))
    for (const char* at : {"/state/waiting/reason", "/state/terminated/reason"})
      if (std::string why = c.value(json::json_pointer(at), std::string()); !why.empty()) return why;
  if (std::string why = pod.value("/status/reason"_json_pointer, std::string()); !why.empty()) return why;
  const std::string phase = pod.value("/status/phase"_json_pointer, std::string("Unknown"));
  return phase == "Running" ? "not ready" : phase;
}

}  // namespace

Trial try_copy(const ClusterCopy& copy, const Reading& reading) {
  Trial out;
  SimWorld world(copy.recording.world);
  world.files().files() = copy.recording.files;
  Typist typist(world);
  Hands hands(world);
  for (const Input& input : copy.recording.inputs) {
    world.run_until(input.at);
    if (input.kind == Input::Kind::Type)
      typist.type(input.text);
    else
      carry_out(world, hands, input);
  }
  world.run_until(Instant{} + kCopySettles);
  for (const std::string& line : split(typist.errors, '\n'))
    if (!line.empty() && !starts_with(line, "Warning:")) out.errors.push_back(line);
  typist.text.clear();
  typist.type("get pods --all-namespaces -o json");
  world.run_for(seconds(5));
  json pods = json::parse(typist.text, nullptr, false);
  std::map<std::string, json> there;
  if (pods.is_object())
    for (const json& pod : pods["items"]) there[name_of(pod)] = pod;
  std::set<std::string> were_ready;
  if (const Listing* live = reading.find("pods"))
    for (const json& pod : live->objects)
      if (is_ready(pod)) were_ready.insert(name_of(pod));
  for (const auto& [name, node] : copy.placed) {
    ++out.pods;
    auto found = there.find(name);
    if (found == there.end()) {
      out.elsewhere.push_back(cat(name, ": not there"));
      continue;
    }
    const std::string now = found->second.value("/spec/nodeName"_json_pointer, std::string());
    if (now == node)
      ++out.same_node;
    else
      out.elsewhere.push_back(now.empty() ? cat(name, ": on no node") : cat(name, ": ", now, ", not ", node));
    if (is_ready(found->second))
      ++out.ready;
    else if (were_ready.count(name))
      out.unready.push_back(cat(name, ": ", trouble_of(found->second)));
  }
  return out;
}

}  // namespace orrery::sim
