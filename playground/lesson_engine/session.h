// One learner going through one lesson: which step, what was predicted, which goals are reached, what to say.
// Judges by the cluster's state and history alone, never by what was typed.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "playground/lesson_engine/evaluator.h"
#include "playground/lesson_engine/lesson.h"
#include "playground/lesson_engine/lesson_world.h"

namespace orrery::lesson {

// What is worth keeping of a session; others save it.
struct Progress {
  std::string lesson;
  std::string step;                            // the current one; empty when complete
  std::map<std::string, std::string> answers;  // step id -> option id
  std::vector<std::string> missed;             // predictions and questions answered wrongly, to come back later
  std::map<std::string, int> hints;            // step id -> hints taken
  bool complete = false;
};

struct GoalState {
  const Goal* goal = nullptr;
  bool reached = false;
  Holding holding;                     // of an open goal: what must hold for some time, and does so far
  const Feedback* feedback = nullptr;  // of an open goal: what to say now
};

class Session {
 public:
  // Watches what the lesson reads. REQUIRES: `world` is the one that update() gets.
  Session(std::shared_ptr<const Lesson> lesson, LessonWorld& world);

  // Takes in what has happened. Returns what the step just begun mends and breaks, as command lines to run.
  std::vector<std::string> update(LessonWorld& world);

  // The lesson begins once its world is ready; until then nothing can be chosen.
  bool started() const { return started_; }
  bool complete() const { return index_ == lesson_->steps.size(); }
  const Lesson& lesson() const { return *lesson_; }
  // REQUIRES: !complete().
  const Step& step() const { return lesson_->steps[index_]; }
  std::size_t index() const { return index_; }

  // The learner's commitment; false when there is nothing to choose, no such option, or it is chosen already.
  bool choose(const std::string& option);
  const Option* chosen(const std::string& step_id) const;  // null: not yet
  // Whether this step's work is done: answered, seen, or all goals reached at one moment.
  bool done() const { return done_; }
  // On to the next step; false when this one isn't done.
  bool next();
  // The world was taken back to the moment when this step began: so is what is known of it. Hints that were taken stay.
  void start_over(LessonWorld& world);
  // That moment, on the world's clock.
  std::int64_t began_ns() const { return began_ns_; }
  // One more hint; after the last, the solution. False when there is no more.
  bool take_hint();
  int hints_taken() const;  // in this step; one more than its hints: the solution is shown
  // A command has ended: from now on open goals say what is missing.
  void note_command() { tried_ = true; }
  bool tried() const { return tried_; }

  std::vector<GoalState> goals() const;  // of the current step
  // A text with its {values}: as they were when the step began, if it is one of the step's, otherwise as they are now.
  std::string filled(const std::string& text) const;
  std::string filled_now(const std::string& text) const;
  // Panels revealed so far, in the order of their revelation.
  std::vector<std::string> panels() const;
  // How fast the cluster's time is to pass: as the step asks until it is done, 1 while there is something to read or to
  // answer. 0: no step up to here has asked for a speed, so the learner's own stays.
  double speed() const;
  Progress progress() const;
  const Evaluator& evaluator() const { return evaluator_; }

 private:
  void enter();
  void judge();
  void freeze(const std::string& text);

  std::shared_ptr<const Lesson> lesson_;
  Evaluator evaluator_;
  Evaluator at_start_;  // as the current step found it
  std::int64_t began_ns_ = 0;
  std::size_t index_ = 0;
  bool started_ = false;
  bool entered_ = false;  // the current step's start has been done, in an update
  bool done_ = false;
  bool tried_ = false;
  std::map<std::string, std::string> answers_;
  std::map<std::string, int> hints_;
  std::map<std::string, std::string> frozen_;  // text -> with its values
};

}  // namespace orrery::lesson
