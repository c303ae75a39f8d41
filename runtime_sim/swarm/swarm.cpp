#include "runtime_sim/swarm/swarm.h"

#include <algorithm>

#include "core/base/text.h"
#include "runtime_sim/checkers/observer.h"

namespace orrery::sim {
namespace {

constexpr Duration kSlice = millis(200);   // of virtual time between two looks of the checkers
constexpr Duration kCommandMax = minutes(3);  // then a command is interrupted

class Driver {
 public:
  Driver(const Plan& plan, SwarmRun& run, const SwarmLimits& limits) : run_(run), limits_(limits), world_(plan.recording.world), observer_(world_), hands_(world_) {
    world_.files().files() = plan.recording.files;
  }

  void advance(Instant end) {
    while (!stuck_ && world_.loop().now() < end) {
      const uint64_t tasks = world_.run_until(std::min(world_.loop().now() + kSlice, end), limits_.slice_tasks_max);
      run_.tasks += tasks;
      stuck_ = tasks >= limits_.slice_tasks_max || run_.tasks >= limits_.tasks_max;
      if (!stuck_) observer_.observe();  // in the middle of a slice its mirror is not yet whole
    }
    hands_.interrupt_older_than(kCommandMax);
  }

  bool stuck() const { return stuck_; }
  void act(const Input& input) { carry_out(world_, hands_, input); }

  void settle() {
    const Instant healed = world_.loop().now(), end = healed + kSettleMax;
    // Quiet since the healing: before it, an API server that is down is quiet as well.
    const auto settled = [&] { return std::min(observer_.quiet_for(), world_.loop().now() - healed) >= kQuiet && converged(); };
    while (!stuck_ && world_.loop().now() < end && !settled()) advance(world_.loop().now() + seconds(5));
    if (!stuck_) observer_.at_rest();
  }

  void finish() {
    run_.violations = observer_.violations();
    if (stuck_) run_.violations.push_back({"progress", cat("the cluster keeps itself busy: ", run_.tasks, " tasks until now"), world_.loop().now()});
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
  const SwarmLimits limits_;
  bool stuck_ = false;
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
  const std::vector<Input>& inputs = plan.recording.inputs;
  std::vector<std::vector<size_t>> out;
  std::map<Str, size_t> open;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].at >= plan.healed_at) continue;
    if (inputs[i].kind == Input::Kind::Heal && open.count(inputs[i].text)) {
      out[open[inputs[i].text]].push_back(i);
      continue;
    }
    if (inputs[i].kind == Input::Kind::Fault) open[inputs[i].text] = out.size();
    out.push_back({i});
  }
  return out;
}

}  // namespace

SwarmRun run_plan(const Plan& plan, const std::vector<bool>& keep, const SwarmLimits& limits) {
  SwarmRun run;
  run.seed = plan.recording.world.seed;
  Driver driver(plan, run, limits);
  for (const Input& input : part_of(plan, keep).inputs) {
    driver.advance(input.at);
    if (driver.stuck()) break;
    driver.act(input);
  }
  driver.advance(plan.healed_at);
  driver.settle();
  driver.finish();
  return run;
}

std::vector<bool> shrink_plan(const Plan& plan, const Str& checker, int runs_max) {
  std::vector<bool> keep(plan.recording.inputs.size(), true);
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
