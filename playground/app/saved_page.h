// What is kept of a page, so that it comes back as it was: after a reload, from a file, from a link. One line of JSON.
// Format 1. A text of a later format is refused in words; what an older one lacks is as on a new page.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "playground/viewmodel/cluster_model.h"
#include "playground/viewmodel/terminal.h"

namespace orrery::app {

constexpr int kSavedFormat = 1;
constexpr std::size_t kSavedLinesMax = 200;     // of the terminal
constexpr std::size_t kSavedHistoryMax = 100;

// A press on a document that went on in it: in a lesson, or in the first two minutes.
struct DocumentAct {
  viewmodel::Nanos at = 0;  // of the cluster's clock
  std::string block, action;
};

struct SavedPage {
  std::string build;           // of the program that wrote it
  std::string recording;       // the cluster (runtime_sim/recording)
  std::vector<std::string> branches;  // left ones, as recordings; a link has none
  std::string lesson;          // empty: none
  std::string world;           // id of the ready-made cluster that it began as; empty: none
  bool first = false;          // the page's first question stands, or stood
  std::vector<DocumentAct> acts;
  std::string view = "map";
  std::string selected_kind, selected_ns, selected_name;
  double speed = 1;
  bool paused = false;
  viewmodel::Nanos now = 0;    // where in the recording the page stood; 0: at its end
  std::vector<std::string> history;  // of the prompt
  std::vector<viewmodel::TerminalLine> lines;
  std::string learning;        // the learner's record (lesson_engine/learning.h), in a file alone: for whoever studies it
};

std::string saved_text(const SavedPage& page);
// Takes a recording by itself, too: a file that `orrery sim` wrote, or one from a bug report.
Result<SavedPage> read_saved(const std::string& text);

}  // namespace orrery::app
