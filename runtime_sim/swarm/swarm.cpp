#include "runtime_sim/swarm/swarm.h"

#include <algorithm>

#include "core/base/text.h"
#include "runtime_sim/checkers/observer.h"
#include "runtime_sim/faults/fault.h"

namespace orrery::sim {
namespace {

constexpr Duration kSlice = millis(200);   // of virtual time between two looks of the checkers
constexpr Duration kCommandMax = minutes(3);  // then a command is interrupted

// The person at the terminal: commands run on beside each other, their output is nobody's.
class Hands final : public ports::Target {
 public:
  explicit Hands(SimWorld& world) : world_(world), id_(world.loop().attach(*this)) {}
  ~Hands() override { world_.loop().detach(id_); }

  void run(const std::string& line) {
    std::string error;
    std::vector<std::string> words = kubectl::split_line(line, error);
    uint64_t number = ++runs_;
    sessions_[number] = {world_.kubectl().run(std::move(words), "", {id_, 1, number}), world_.loop().now()};
  }
  void interrupt_old() {
    for (auto& [number, session] : sessions_)
      if (world_.loop().now() - session.since > kCommandMax) world_.kubectl().interrupt(session.id);
  }
  void on_task(const ports::Task& task) override {
    if (task.as<kubectl::Output>().end) sessions_.erase(task.arg);
  }

 private:
  struct Session {
    uint64_t id = 0;
    Instant since;
  };
  SimWorld& world_;
  ports::TargetId id_;
  uint64_t runs_ = 0;
  std::map<uint64_t, Session> sessions_;
};

WorldOptions world_of(const Plan& plan) {
  WorldOptions options;
  options.seed = plan.seed;
  options.nodes = plan.nodes;
  return options;
}

class Driver {
 public:
  Driver(const Plan& plan, SwarmRun& run) : run_(run), world_(world_of(plan)), observer_(world_), hands_(world_) {}

  void advance(Duration to) {
    const Instant end = Instant{} + to;
    while (world_.loop().now() < end) {
      run_.tasks += world_.run_until(std::min(world_.loop().now() + kSlice, end));
      observer_.observe();
    }
    hands_.interrupt_old();
  }

  void act(const PlanStep& step) {
    switch (step.kind) {
      case PlanStep::Kind::Kubectl: return hands_.run(step.text.str());
      case PlanStep::Kind::File: world_.files().write(step.text, step.content); return;
      // A fault whose object is not there (a pod to kill) is none.
      case PlanStep::Kind::Fault: (void)begin_fault(world_, step.text); return;
      case PlanStep::Kind::Heal: (void)end_fault(world_, step.text); return;
      case PlanStep::Kind::AddNode: {
        NodeSpec spec;
        spec.name = step.text;
        (void)world_.add_node(spec);
        return;
      }
      case PlanStep::Kind::RemoveNode: (void)world_.remove_node(step.text); return;
    }
  }

  void settle() {
    const Instant end = world_.loop().now() + kSettleMax;
    while (world_.loop().now() < end && !(observer_.quiet_for() >= kQuiet && converged())) advance(world_.loop().now() + seconds(5) - Instant{});
    observer_.at_rest();
  }

  void finish() {
    run_.violations = observer_.violations();
    run_.fingerprint = world_.fingerprint();
    run_.changes = observer_.changes();
    run_.virtual_time = world_.loop().now() - Instant{};
  }

 private:
  // Asked of a checker of its own, so that what it says on the way counts for nothing.
  bool converged() {
    CheckerPtr checker = check_convergence();
    checker->at_rest(observer_.mirror(), world_.loop().now());
    return checker->report().empty();
  }

  SwarmRun& run_;
  SimWorld world_;
  Observer observer_;
  Hands hands_;
};

bool fails(const Plan& plan, const Str& checker, const std::vector<bool>& keep) {
  for (const Violation& v : run_plan(plan, keep).violations)
    if (v.checker == checker) return true;
  return false;
}

// Faults and what ends them go together; the healing at the end stays.
std::vector<std::vector<size_t>> groups_of(const Plan& plan) {
  std::vector<std::vector<size_t>> out;
  std::map<Str, size_t> open;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const PlanStep& step = plan.steps[i];
    if (step.at >= plan.healed_at) continue;
    if (step.kind == PlanStep::Kind::Heal && open.count(step.text)) {
      out[open[step.text]].push_back(i);
      continue;
    }
    if (step.kind == PlanStep::Kind::Fault) open[step.text] = out.size();
    out.push_back({i});
  }
  return out;
}

}  // namespace

SwarmRun run_plan(const Plan& plan, const std::vector<bool>& keep) {
  SwarmRun run;
  run.seed = plan.seed;
  Driver driver(plan, run);
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    if (!keep.empty() && !keep[i]) continue;
    driver.advance(plan.steps[i].at);
    driver.act(plan.steps[i]);
  }
  driver.advance(plan.healed_at);
  driver.settle();
  driver.finish();
  return run;
}

std::vector<bool> shrink_plan(const Plan& plan, const Str& checker, int runs_max) {
  std::vector<bool> keep(plan.steps.size(), true);
  std::vector<std::vector<size_t>> groups = groups_of(plan);
  int runs = 0;
  for (size_t size = std::max<size_t>(groups.size() / 2, 1); runs < runs_max; size = size / 2) {
    for (size_t begin = 0; begin < groups.size() && runs < runs_max; begin += size) {
      std::vector<bool> fewer = keep;
      bool any = false;
      for (size_t g = begin; g < std::min(begin + size, groups.size()); ++g)
        for (size_t step : groups[g]) {
          any = any || fewer[step];
          fewer[step] = false;
        }
      if (!any) continue;
      ++runs;
      if (fails(plan, checker, fewer)) keep = std::move(fewer);
    }
    if (size == 1) break;
  }
  return keep;
}

}  // namespace orrery::sim
