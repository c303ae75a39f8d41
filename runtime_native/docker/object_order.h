// Keeps calls on one object in the order they were made, although the engine's connections run side by side.
#pragma once

#include <deque>
#include <functional>
#include <map>

#include "core/base/str.h"

namespace orrery::docker {

class ObjectOrder {
 public:
  using Job = std::function<void(std::function<void()> leave)>;
  // Runs the job when every earlier one of this object has left; the job leaves later, never from within itself. A
  // hurried job (a stop, whose grace may be shorter than
  // that of the stop under way) runs beside other hurried ones.
  void enter(const Str& object, bool hurried, Job job) {
    Line& line = lines_[object];
    if (line.running == 0 || (hurried && line.running_hurried && line.waiting.empty())) {
      start(object, line, hurried, std::move(job));
    } else {
      line.waiting.push_back({hurried, std::move(job)});
    }
  }
  size_t busy_objects() const { return lines_.size(); }

 private:
  struct Line {
    int running = 0;
    bool running_hurried = false;
    std::deque<std::pair<bool, Job>> waiting;
  };
  void start(const Str& object, Line& line, bool hurried, Job job) {
    ++line.running;
    line.running_hurried = hurried;
    job([this, object] { leave(object); });
  }
  void leave(const Str& object) {
    Line& line = lines_[object];
    if (--line.running > 0) return;
    if (line.waiting.empty()) {
      lines_.erase(object);
      return;
    }
    bool hurried = false;
    do {
      Job job = std::move(line.waiting.front().second);
      hurried = line.waiting.front().first;
      line.waiting.pop_front();
      start(object, line, hurried, std::move(job));
    } while (hurried && !line.waiting.empty() && line.waiting.front().first);
  }
  std::map<Str, Line> lines_;
};

}  // namespace orrery::docker
