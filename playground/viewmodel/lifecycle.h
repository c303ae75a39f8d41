// A pod's life as a few states: which one it is in, what comes next.
#pragma once

#include <string>
#include <vector>

#include "playground/viewmodel/cluster_model.h"
#include "playground/viewmodel/words.h"

namespace orrery::viewmodel {

enum class LifeState {
  Accepted, Scheduled, Init, Creating, Running, Ready, BackOff, Terminating, Succeeded, Failed,
};
constexpr int kLifeStates = 10;

LifeState life_state(const Pod& pod);
Word name_of(LifeState state);
// One sentence: what is so now, and what comes next.
std::string what_next(const Pod& pod, Language language);

struct LifeArrow {
  LifeState from, to;
};
const std::vector<LifeArrow>& life_arrows();

}  // namespace orrery::viewmodel
