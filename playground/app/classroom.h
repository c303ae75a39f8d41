// The lessons that the page carries, and the one that is being taken.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "playground/lesson_engine/learning.h"
#include "playground/lesson_engine/library.h"
#include "playground/lesson_engine/session.h"
#include "playground/viewmodel/document.h"
#include "playground/viewmodel/model.h"

namespace orrery::app {

// "A1 Delete one"; a lesson that is no module's goes by its title alone.
std::string numbered_title(const lesson::Lesson& lesson, viewmodel::Language language);

class Classroom {
 public:
  void load(const std::string& bundle) { library_ = lesson::load_library(bundle); }
  const lesson::Library& library() const { return library_; }
  // The folder with the pages of lesson::printed_pages, ends in '/'; they are linked to as "go:ADDRESS". Empty: there is none.
  void set_printed(const std::string& folder) { printed_ = folder; }

  // Begins a lesson on the world that was made for it. `goes_back`: a step can be started over, action "lesson.over".
  // REQUIRES: the library has it; `world` outlives the session.
  void begin(const std::string& id, lesson::LessonWorld& world, bool goes_back = false);
  // The world is as it was when the current step began. REQUIRES: in_session().
  void start_over(lesson::LessonWorld& world) { session_->start_over(world); }
  void leave() {
    session_.reset();
    round_.reset();
    card_.reset();
  }
  bool in_session() const { return session_ != nullptr; }
  const lesson::Session* session() const { return session_.get(); }

  // What is known of the learner; `day` since 1970. changed_learning() tells once that it is to be kept.
  lesson::Learning& learning() { return learning_; }
  void set_day(std::int64_t day) { day_ = day; }
  bool changed_learning() { return std::exchange(learned_, false); }
  // A question that comes back; shown until it is closed.
  bool reviews() const { return card_.has_value(); }

  // Takes in what has happened; returns the command lines of the step just begun.
  std::vector<std::string> update(lesson::LessonWorld& world);
  void command_ended();
  // False when the action is none of the lesson's.
  bool act(const std::string& action, const std::string& block);
  // Text of the current step, or the list of lessons.
  viewmodel::Document document(viewmodel::Language language) const;
  // `keeps`: the page's cluster can be kept and shared. `asks_reset`: starting over was pressed once.
  viewmodel::Document list(viewmodel::Language language, bool keeps, bool asks_reset) const;
  // A ready-made cluster's own page. REQUIRES: the library has it, or else the page is empty.
  viewmodel::Document world(const std::string& id, viewmodel::Language language) const;
  std::vector<viewmodel::GlossaryEntry> glossary(viewmodel::Language language) const;

 private:
  void note_completion();
  const lesson::Card* due() const;  // a missed prediction that is to be asked again now
  std::vector<viewmodel::Block> ways_on(viewmodel::Language language) const;
  void add_module_end(viewmodel::Document& document, viewmodel::Language language) const;
  bool asks_after() const;  // the questions after the module are still to be asked

  lesson::Library library_;
  lesson::Learning learning_;
  std::int64_t day_ = 0;
  std::string printed_;
  bool goes_back_ = false;
  bool asked_before_ = false;             // this lesson began with the questions before its module
  bool learned_ = false, noted_ = false;  // noted_: this session's end is in learning_
  std::optional<lesson::Card> card_;
  std::string answer_;  // to card_
  std::unique_ptr<lesson::Session> session_;
  std::optional<lesson::QuestionRound> round_;  // questions before or after the module, in place of the lesson's text
};

}  // namespace orrery::app
