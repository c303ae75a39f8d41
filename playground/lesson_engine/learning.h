// What a learner has done, and which missed predictions come back when: two lessons later, then after 1, 3 and 7 days.
// Kept by the page as one line of JSON, on the learner's machine alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "playground/lesson_engine/session.h"
#include "playground/viewmodel/document.h"

namespace orrery::lesson {

constexpr int kReturnAfterLessons = 2;
constexpr std::int64_t kReturnAfterDays[] = {1, 3, 7};
constexpr std::size_t kResultsMax = 2000;  // the oldest go first

// A missed question. Stage 0 waits for lessons, the later ones for days; answered rightly in the last one it is done with.
struct Card {
  std::string lesson, step;
  int stage = 0;
  int lessons = 0;       // stage 0: due when so many have been completed
  std::int64_t day = 0;  // later: due from this day on (days since 1970)
  friend bool operator==(const Card&, const Card&) = default;
};

struct Result {
  std::int64_t day = 0;
  std::string lesson, step;
  bool right = false;
  std::string chosen;  // the option's id, where it is shown again; an older record has none
};

struct Learning {
  int lessons = 0;                // completed, repeats counted
  std::vector<std::string> done;  // which, in the order of their first completion
  std::vector<Card> cards;        // in the order in which they were missed
  std::vector<Result> results;    // of every question answered; `lesson` may be a round of questions, "A/before"
  std::vector<std::string> asked; // rounds of questions that are over, answered or skipped

  bool has_done(const std::string& lesson) const;
  bool was_asked(const std::string& round) const;
  // Null: none is due.
  const Card* due(std::int64_t day) const;
};

// REQUIRES: `progress` is complete.
void complete_lesson(Learning& learning, const Progress& progress, std::int64_t day);
void answer_card(Learning& learning, const Card& card, bool right, std::int64_t day);
void note_result(Learning& learning, Result result);
// In place of an earlier answer to that question of that round, if there is one.
void note_answer(Learning& learning, Result answer);
// nullptr: not answered yet.
const Result* answer_of(const Learning& learning, const std::string& round, const std::string& question);
void note_asked(Learning& learning, const std::string& round);

// Of one round of questions ("A/before"): how many were answered rightly, and how many at all.
struct RoundResult {
  std::size_t right = 0, asked = 0;
};
RoundResult round_result(const Learning& learning, const std::string& round);

std::string learning_text(const Learning& learning);
// Anything that can't be read is a learner who begins.
Learning read_learning(const std::string& text);

// The question again, its options in another order. `chosen`: the id of the answer, empty before.
// Actions: "review.choose" (block id: the option's), "review.close".
viewmodel::Document review_document(const Lesson& lesson, const Card& card, const std::string& chosen, Language language);

}  // namespace orrery::lesson
