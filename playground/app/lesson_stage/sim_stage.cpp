#include "playground/app/lesson_stage/sim_stage.h"

#include "core/base/text.h"
#include "runtime_sim/images/image.h"

namespace orrery::app {
namespace {

constexpr Duration kSlice = millis(100);
constexpr int kSignalSegv = 11;
constexpr int kSignalKill = 9;

ports::Identity lesson_identity() {
  ports::Identity identity;
  identity.user = "orrery:lesson";
  identity.groups = {"system:masters"};
  return identity;
}

// Ends the running containers of a pod that the fault means; false when none runs.
bool end_containers(sim::SimNode& node, const lesson::Fault& fault) {
  std::vector<std::pair<Str, Str>> found;  // pod uid, container
  for (const auto& entry : node.state().containers) {
    const sim::SimNode::Container& c = entry.second;
    const bool named = fault.container.empty() ? found.empty() : c.spec.name == fault.container;
    if (c.spec.pod.ns == fault.ns && c.spec.pod.name == fault.pod && named &&
        c.status.state == ports::ContainerState::Running)
      found.push_back({c.spec.pod.uid, c.spec.name});
  }
  const bool oom = fault.kind == lesson::FaultKind::Oom;
  for (const auto& container : found)
    node.kill_container(container.first, container.second, oom ? kSignalKill : kSignalSegv, oom ? "OOMKilled" : "");
  return !found.empty();
}

}  // namespace

sim::WorldOptions world_options(const lesson::WorldSpec& spec) {
  sim::WorldOptions options;
  options.seed = spec.seed;
  for (const lesson::NodeSpec& node : spec.nodes) {
    sim::NodeSpec out;
    out.name = node.name;
    if (!node.cpu.empty()) out.cpu = node.cpu;
    if (!node.memory.empty()) out.memory = node.memory;
    for (const auto& label : node.labels) out.labels.set(label.first, label.second);
    options.nodes.push_back(out);
  }
  return options;
}

std::string inject_fault(sim::SimWorld& world, const lesson::Fault& fault) {
  switch (fault.kind) {
    case lesson::FaultKind::NodeDown: {
      const auto stopped = world.stop_part(cat("node/", fault.node));
      return stopped ? "" : stopped.error().message.str();
    }
    case lesson::FaultKind::ImageMissing: {
      const sim::ImageName image = sim::parse_image(fault.image);
      for (const Str& name : world.node_names())
        world.node(name)->faults().missing_images[cat(image.repository, ":", image.tag)] = true;
      return "";
    }
    case lesson::FaultKind::ContainerCrash:
    case lesson::FaultKind::Oom:
      for (const Str& name : world.node_names())
        if (end_containers(*world.node(name), fault)) return "";
      return "no container of pod " + fault.ns + "/" + fault.pod + " is running";
  }
  return "unknown fault";
}

SimStage::SimStage(const lesson::WorldSpec& spec)
    : world_(world_options(spec)),
      client_(world_.api(), world_.loop(), lesson_identity(), "lesson"),
      lesson_world_(client_, world_.loop()),
      id_(world_.loop().attach(*this)) {}

SimStage::~SimStage() { world_.loop().detach(id_); }

std::string SimStage::inject(const lesson::Fault& fault) { return inject_fault(world_, fault); }

void SimStage::on_task(const ports::Task& task) {
  const auto& output = task.as<kubectl::Output>();
  outcome_.output += output.text.str();
  if (!output.end) return;
  finished_ = true;
  outcome_.exit_code = output.exit_code;
}

lesson::Outcome SimStage::run_with_input(const std::string& line, const std::string& input) {
  outcome_ = {};
  finished_ = false;
  std::string error;
  std::vector<std::string> words = kubectl::split_line(line, error);
  if (!error.empty()) return {1, error + "\n"};
  if (words.empty() || words[0] != "kubectl") return {127, "command not found: " + line + "\n"};
  words.erase(words.begin());
  const std::uint64_t session = world_.kubectl().run(words, input, {id_, 1, 0});
  const Instant end = world_.loop().now() + kCommandMax;
  while (!finished_ && world_.loop().now() < end) world_.run_for(kSlice);
  if (!finished_) {
    world_.kubectl().interrupt(session);
    world_.run_for(kSlice);
  }
  return outcome_;
}

std::unique_ptr<lesson::LessonStage> SimStageFactory::make(const lesson::WorldSpec& spec, std::string& error) {
  for (const std::string& image : spec.images) {
    if (sim::find_image(image) != nullptr) continue;
    error = "the simulated registry has no image " + image;
    return nullptr;
  }
  auto stage = std::make_unique<SimStage>(spec);
  stage->advance(seconds(1).ns);  // the control plane has made its first objects
  if (spec.manifests.empty()) return stage;
  const lesson::Outcome applied = stage->run_with_input("kubectl apply -f -", spec.manifests);
  if (applied.exit_code == 0) return stage;
  error = "the manifests are refused: " + applied.output;
  return nullptr;
}

}  // namespace orrery::app
