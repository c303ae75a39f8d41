#include "playground/app/lesson_stage/sim_stage.h"

#include "core/base/text.h"
#include "playground/app/lesson_stage/fault_words.h"
#include "playground/app/lesson_stage/metric_words.h"
#include "runtime_sim/images/image.h"

namespace orrery::app {
namespace {

constexpr Duration kSlice = millis(100);

ports::Identity lesson_identity() {
  ports::Identity identity;
  identity.user = "orrery:lesson";
  identity.groups = {"system:masters"};
  return identity;
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

SimStage::SimStage(const lesson::WorldSpec& spec)
    : world_(world_options(spec)),
      client_(world_.api(), world_.loop(), lesson_identity(), "lesson"),
      lesson_world_(client_, world_.loop()),
      id_(world_.loop().attach(*this)) {
  lesson_world_.tell_faults([this] { return faults_of(world_); });
}

SimStage::~SimStage() { world_.loop().detach(id_); }

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
  if (const auto word = fault_word(line)) return carry_out(*word, world_);
  if (const auto word = metric_word(line)) return carry_out(*word, world_);
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
