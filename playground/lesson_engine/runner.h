// Proofs that a lesson can be solved, only by solving it, and that its plausible mistakes are told apart.
#pragma once

#include <functional>
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
// In a world whose time can't be hurried:
constexpr std::int64_t kLiveIdleNs = 20 * kSecondNs;      // before each solution
constexpr std::int64_t kLiveFeedbackNs = 90 * kSecondNs;  // for a near miss to get its feedback
constexpr std::int64_t kLiveWatchNs = 10 * kSecondNs;     // and then to keep it, unsolved

struct Proof {
  std::string name;  // "delete-one: solution"
  bool passed = false;
  std::string why;  // when it failed: which step, which goals, what their feedback says, what the commands printed
};

// The solution passes; in every step that asks for an action, waiting an hour does not; each near miss gets its
// feedback and does not pass. Each proof starts from a new world.
std::vector<Proof> prove(std::shared_ptr<const Lesson> lesson, StageFactory& factory);

// The same where an hour takes an hour. One world shows the solution and, before each of its steps, that a while of
// waiting does not reach the goals; every near miss gets a world of its own and must have its feedback at the end.
// Each proof is told when it is done. `only`: "solution" or the id of a near miss; empty: all of them.
void prove_live(std::shared_ptr<const Lesson> lesson, StageFactory& factory, const std::string& only,
                const std::function<void(const Proof&)>& tell);

}  // namespace orrery::lesson
