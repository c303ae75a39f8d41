// The selected pod's or node's usage as two plots, each with the sentence that says the same.
#pragma once

#include "playground/viewmodel/model.h"

namespace orrery::viewmodel {

// As `kubectl top` prints them: thousandths of a core, and whole MiB, cut.
std::string cpu_text(std::int64_t milli);
std::string memory_text(std::int64_t bytes);

// A line across the plot.
struct UsageLine {
  std::string label;  // "request 100m"
  std::int64_t value = 0;
  bool limit = false;  // what it can't go over
};

struct UsagePlot {
  Word title{};
  std::vector<std::pair<Nanos, std::int64_t>> points;  // oldest first, none before `from`
  Nanos from = 0, to = 0;                              // of the time axis
  std::int64_t top = 1;                                // of the value axis, which begins at 0
  std::string top_label;
  std::vector<UsageLine> lines;  // that lie within the value axis
  std::string sentence;
};

struct UsagePlots {
  std::string why_none;          // why there is nothing newer than what is drawn; empty: there is
  std::vector<UsagePlot> plots;  // CPU and memory, or none
  std::string command;           // that prints the same
};

UsagePlots usage_plots(const Model& model);

}  // namespace orrery::viewmodel
