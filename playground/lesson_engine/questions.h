// Questions before and after a module: pairs that ask the same in other clothes, so that what was learned shows.
// Before the module nothing is judged; after it each answer is, and explained. Results go to the learner's record.
// One can go back to what was answered: what was judged stands, a guess can be changed until the round is over.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "playground/lesson_engine/learning.h"
#include "playground/lesson_engine/lesson.h"
#include "playground/viewmodel/document.h"

namespace orrery::lesson {

struct ModuleQuestion {
  Text text;
  std::vector<Option> options;  // a wrong one may have a `why` of its own
  Text why;                     // of the right one
  bool is_right(const std::string& option) const;
};

struct QuestionPair {
  std::string id;
  ModuleQuestion before, after;
};

struct ModuleQuestions {
  std::string module;
  std::vector<QuestionPair> pairs;
};

// Null module when it can't be read; `problems` then says why.
ModuleQuestions load_questions(const std::string& file, const std::string& text, std::vector<Problem>& problems);
std::vector<Problem> check_questions(const std::string& file, const std::string& text, const Json& schema);

// One round: the questions of a module, before it or after it. Where it stands is in the learner's record, so a page that is
// loaded again goes on with the question it had. REQUIRES: `questions` outlives it.
class QuestionRound {
 public:
  enum class When { Before, After };
  QuestionRound(const ModuleQuestions& questions, When when) : questions_(&questions), when_(when) {}

  // Answered to the end, or skipped, at some time.
  bool over(const Learning& learning) const;
  // Actions: "questions.choose" (block id: the option's), "questions.next", "questions.back", "questions.skip". False when it
  // is none that can be done now.
  bool act(const std::string& action, const std::string& block, Learning& learning, std::int64_t day);
  viewmodel::Document document(const Learning& learning, Language language) const;
  // Label of the button that begins the round after a module.
  static const std::string& invitation(Language language);

 private:
  std::string key() const { return questions_->module + (when_ == When::Before ? "/before" : "/after"); }
  const ModuleQuestion& question(std::size_t index) const;
  std::size_t answered(const Learning& learning) const;
  std::size_t newest(const Learning& learning) const;  // the question that is asked or being explained
  bool choose(const std::string& option, Learning& learning, std::int64_t day);
  void forward(const Learning& learning);
  std::string score(const Learning& learning, Language language) const;

  const ModuleQuestions* questions_;
  When when_;
  std::string chosen_;  // in the round after: the answer that is being explained
  std::optional<std::size_t> earlier_;  // the answered question that is looked at again
};

}  // namespace orrery::lesson
