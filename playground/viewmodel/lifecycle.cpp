#include "playground/viewmodel/lifecycle.h"

#include <algorithm>

namespace orrery::viewmodel {
namespace {

bool backs_off(const Pod& pod) {
  return std::any_of(pod.containers.begin(), pod.containers.end(), [](const Container& c) {
    return c.role != ContainerRole::Ephemeral && (c.reason.find("BackOff") != std::string::npos || c.reason == "ErrImagePull");
  });
}

bool initialising(const Pod& pod) {
  return std::any_of(pod.containers.begin(), pod.containers.end(), [](const Container& c) {
    return c.role == ContainerRole::Init && !(c.state == ContainerState::Terminated && c.exit_code == 0);
  });
}

const Condition* condition(const Pod& pod, const char* type) {
  for (const Condition& c : pod.conditions)
    if (c.type == type) return &c;
  return nullptr;
}

}  // namespace

LifeState life_state(const Pod& pod) {
  if (pod.phase == PodPhase::Succeeded) return LifeState::Succeeded;
  if (pod.phase == PodPhase::Failed) return LifeState::Failed;
  if (pod.deleting) return LifeState::Terminating;
  if (pod.node.empty()) return LifeState::Accepted;
  if (backs_off(pod)) return LifeState::BackOff;
  if (pod.phase == PodPhase::Running) return pod.ready ? LifeState::Ready : LifeState::Running;
  if (pod.containers.empty() || pod.started == 0) return LifeState::Scheduled;
  return initialising(pod) ? LifeState::Init : LifeState::Creating;
}

Word name_of(LifeState state) {
  switch (state) {
    case LifeState::Accepted: return Word::life_accepted;
    case LifeState::Scheduled: return Word::life_scheduled;
    case LifeState::Init: return Word::life_init;
    case LifeState::Creating: return Word::life_creating;
    case LifeState::Running: return Word::life_running;
    case LifeState::Ready: return Word::life_ready;
    case LifeState::BackOff: return Word::life_backoff;
    case LifeState::Terminating: return Word::life_terminating;
    case LifeState::Succeeded: return Word::life_succeeded;
    case LifeState::Failed: break;
  }
  return Word::life_failed;
}

std::string what_next(const Pod& pod, Language language) {
  switch (life_state(pod)) {
    case LifeState::Accepted: {
      const Condition* scheduled = condition(pod, "PodScheduled");
      const bool refused = scheduled && scheduled->reason == "Unschedulable";
      return word(language, refused ? Word::life_next_unschedulable : Word::life_next_accepted);
    }
    case LifeState::Scheduled: return phrase(language, Word::life_next_scheduled, {pod.node});
    case LifeState::Init: return word(language, Word::life_next_init);
    case LifeState::Creating: return word(language, Word::life_next_creating);
    case LifeState::Running: return word(language, Word::life_next_running);
    case LifeState::Ready: return word(language, Word::life_next_ready);
    case LifeState::BackOff: return word(language, Word::life_next_backoff);
    case LifeState::Terminating: return phrase(language, Word::life_next_terminating, {std::to_string(pod.grace_s)});
    case LifeState::Succeeded: return word(language, Word::life_next_succeeded);
    case LifeState::Failed: break;
  }
  return word(language, Word::life_next_failed);
}

const std::vector<LifeArrow>& life_arrows() {
  using enum LifeState;
  static const std::vector<LifeArrow> arrows = {
      {Accepted, Scheduled}, {Scheduled, Init},    {Init, Creating},   {Scheduled, Creating}, {Creating, Running},
      {Running, Ready},      {Running, BackOff},   {BackOff, Running}, {Ready, Terminating},  {Running, Succeeded},
      {Running, Failed},     {Creating, BackOff},
  };
  return arrows;
}

}  // namespace orrery::viewmodel
