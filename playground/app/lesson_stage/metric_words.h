// The prompt's words for what is outside a simulated cluster (runtime_sim/world/external_metrics.h):
//
//   metric NAME{LABEL=VALUE} QUANTITY   what the cluster's adapter measures there from now on; none: nothing any more
//   metrics                             lists it
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "playground/lesson_engine/lesson_world.h"
#include "runtime_sim/recording/recording.h"

namespace orrery::app {

struct MetricWord {
  std::string metric;  // with its value; empty: lists all
};

// Not given when the line is something else.
std::optional<MetricWord> metric_word(const std::string& line);
// Does it, and says what it did. `done` is told of what was set, as the input that repeats it; its time is the caller's to
// set.
lesson::Outcome carry_out(const MetricWord& word, sim::SimWorld& world,
                          const std::function<void(const sim::Input& input)>& done = {});

}  // namespace orrery::app
