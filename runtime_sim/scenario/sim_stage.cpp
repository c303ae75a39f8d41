#include "runtime_sim/scenario/sim_stage.h"

#include <nlohmann/json.hpp>

#include "runtime_sim/faults/fault.h"
#include "runtime_sim/recording/node_text.h"

namespace orrery::sim {

SimStage::SimStage(SimWorld& world, Instant stop, bool faults_may_miss)
    : world_(&world), hands_(std::make_unique<Hands>(world)), stop_(stop), faults_may_miss_(faults_may_miss), id_(world.loop().attach(*this)) {}

SimStage::~SimStage() { world_->loop().detach(id_); }

void SimStage::go_on_in_copy() {
  std::unique_ptr<SimWorld> next = world_->copy();
  auto hands = std::make_unique<Hands>(*next, hands_->sessions());
  world_->loop().detach(id_);
  hands_ = std::move(hands);
  copy_ = std::move(next);
  world_ = copy_.get();
  id_ = world_->loop().attach(*this);
}

Stage::Said SimStage::command(const std::string& line) {
  std::string error;
  std::vector<std::string> argv = kubectl::split_line(line, error);
  if (!argv.empty() && argv[0] == "kubectl") argv.erase(argv.begin());
  said_ = {};
  uint64_t session = world_->kubectl().run(argv, "", {id_, 1, 0});
  Instant end = world_->loop().now() + kCommandMax;
  while (said_.code < 0) {
    auto due = world_->loop().next_due();
    if (!due || *due > end || (stop_.ns && *due > stop_)) break;
    tasks_ += world_->run_until(*due);
  }
  if (said_.code < 0) world_->kubectl().interrupt(session);
  return said_;
}

void SimStage::pass(Duration d) {
  if (copies_) go_on_in_copy();
  Instant end = world_->loop().now() + d;
  if (stop_.ns && end > stop_) end = stop_;
  tasks_ += world_->run_until(end);
}

Result<void> SimStage::act(const std::string& what, const nlohmann::json& step) {
  if (what == "add_node") return world_->add_node(node_of(step));
  if (what == "remove_node") return world_->remove_node(step.get<std::string>());
  if (what == "metric") return world_->outside().set(step.get<std::string>());
  const std::string fault = step.get<std::string>();
  Result<void> done = what == "fault" ? begin_fault(*world_, fault) : end_fault(*world_, fault);
  if (!done && faults_may_miss_) return {};
  return done;
}

void SimStage::on_task(const ports::Task& task) {
  const auto& o = task.as<kubectl::Output>();
  said_.text += o.text.view();
  if (o.end) said_.code = o.exit_code;
}

}  // namespace orrery::sim
