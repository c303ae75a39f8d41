// Proofs that a lesson can be solved, only by solving it, and that its plausible mistakes are told apart.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "playground/lesson_engine/lesson.h"
#include "playground/lesson_engine/lesson_world.h"

namespace orrery::lesson {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kReadyMaxNs = 300 * kSecondNs;    // for the world to become ready, or a `see` to be seen
constexpr std::int64_t kReachedMaxNs = 120 * kSecondNs;  // after the last act, for goals to be reached
constexpr std::int64_t kIdleNs = 3600 * kSecondNs;

struct Proof {
  std::string name;  // "delete-one: solution"
  bool passed = false;
  std::string why;  // when it failed: which step, which goals, what their feedback says, what the commands printed
};

// The solution passes; in every step that asks for an action, waiting an hour does not; each near miss gets its
// feedback and does not pass. Each proof starts from a new world.
std::vector<Proof> prove(std::shared_ptr<const Lesson> lesson, StageFactory& factory);

// The solution alone, as for a world whose time can't be hurried.
Proof prove_solution(std::shared_ptr<const Lesson> lesson, StageFactory& factory);

}  // namespace orrery::lesson
