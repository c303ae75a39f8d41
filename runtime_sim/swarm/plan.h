// A plan: a cluster, and what is done to it when, all drawn from one seed. Plain data: a failing one is cut down and
// printed as a scenario.
#pragma once

#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {

struct PlanStep {
  enum class Kind : uint8_t { Kubectl, File, Fault, Heal, AddNode, RemoveNode };
  Duration at;
  Kind kind = Kind::Kubectl;
  Str text;     // the command line without "kubectl", the file's name, the fault, the node's name
  Str content;  // File
};

struct Plan {
  uint64_t seed = 0;
  List<NodeSpec> nodes;
  std::vector<PlanStep> steps;  // in order of time
  Duration healed_at;           // every fault has ended by then
};

Plan draw_plan(uint64_t seed);
// As a scenario file with those steps that `keep` names (all when it is empty).
std::string plan_as_scenario(const Plan& plan, const std::vector<bool>& keep);
// "fault cut node-1 apiserver", for people.
std::string step_words(const PlanStep& step);

}  // namespace orrery::sim
