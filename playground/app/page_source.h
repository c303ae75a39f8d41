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
  // What lessons see of the cluster; nullptr when it holds none.
  virtual lesson::LessonWorld* lesson_world() = 0;
  // Empty, or why the fault can't be made here.
  virtual std::string inject(const lesson::Fault& fault) = 0;
};

// Makes the world in which a lesson starts. Each call is a new cluster.
using OpenWorld = std::function<std::unique_ptr<PageSource>(const lesson::WorldSpec&)>;

}  // namespace orrery::app
