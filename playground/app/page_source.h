// A cluster that the page can show, type into and hold lessons on.
#pragma once

#include <functional>
#include <memory>

#include "playground/lesson_engine/lesson.h"
#include "playground/lesson_engine/lesson_world.h"
#include "playground/viewmodel/cluster_source.h"

namespace orrery::app {

class PageSource : public viewmodel::ClusterSource {
 public:
  // Lets `seconds` of the cluster's own time pass at once, before anyone looks. A live cluster ignores it.
  virtual void skip(double seconds) = 0;
  // Whether start_over() can be done.
  virtual bool goes_back() const { return false; }
  // Goes back to `at_ns` of the lesson world's clock as if nothing had been done since; what was done is kept as a branch. A
  // live cluster can't.
  virtual void start_over(std::int64_t at_ns) { (void)at_ns; }
  // Branches that were left before this cluster was opened anew. What is no recording, or one of another world, is left out.
  virtual void keep_branches(const std::vector<std::string>& recordings) { (void)recordings; }
  // What lessons see of the cluster; nullptr when it holds none.
  virtual lesson::LessonWorld* lesson_world() = 0;
};

// Makes the world in which a lesson starts. Each call is a new cluster.
using OpenWorld = std::function<std::unique_ptr<PageSource>(const lesson::WorldSpec&)>;
// A recorded one, at its start: what was done in it lies ahead. Null with `error` when the text is no recording.
using OpenRecording = std::function<std::unique_ptr<PageSource>(const std::string& text, std::string& error)>;

// The line to the server that the page came from; platform/platform.h has it.
struct ServerLine {
  // `on_open` tells when the line is up or down; it is taken up again by itself.
  std::function<void(std::function<void(const std::string&)> on_message, std::function<void(bool)> on_open)> listen;
  std::function<void(const std::string&)> send;
};

struct Worlds {
  OpenWorld fresh;
  OpenRecording recorded;  // may be empty
  std::function<std::unique_ptr<PageSource>(ServerLine)> live;  // the server's cluster; may be empty
};

}  // namespace orrery::app
