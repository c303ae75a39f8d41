// The lessons that the page carries, and the one that is being taken.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "playground/lesson_engine/library.h"
#include "playground/lesson_engine/session.h"
#include "playground/viewmodel/document.h"
#include "playground/viewmodel/model.h"

namespace orrery::app {

class Classroom {
 public:
  void load(const std::string& bundle) { library_ = lesson::load_library(bundle); }
  const lesson::Library& library() const { return library_; }

  // Begins a lesson on the world that was made for it. REQUIRES: the library has it; `world` outlives the session.
  void begin(const std::string& id, lesson::LessonWorld& world);
  void leave() { session_.reset(); }
  bool in_session() const { return session_ != nullptr; }
  const lesson::Session* session() const { return session_.get(); }

  // Takes in what has happened; returns the faults to inject now.
  std::vector<lesson::Fault> update(lesson::LessonWorld& world);
  void command_ended();
  // False when the action is none of the lesson's.
  bool act(const std::string& action, const std::string& block);
  // Text of the current step, or the list of lessons.
  viewmodel::Document document(viewmodel::Language language) const;
  viewmodel::Document list(viewmodel::Language language) const;
  std::vector<viewmodel::GlossaryEntry> glossary(viewmodel::Language language) const;

 private:
  lesson::Library library_;
  std::unique_ptr<lesson::Session> session_;
};

}  // namespace orrery::app
