// Rules of TEACHING for single texts: length, both languages, marks, Korean templates.
#pragma once

#include <string>
#include <vector>

#include "playground/lesson_engine/lesson.h"

namespace orrery::lesson {

constexpr int kWordsMax = 60;       // English words a step
constexpr int kSyllablesMax = 180;  // Korean syllables a step; a word in Latin letters or digits counts as two

int count_words(const std::string& english);
int count_syllables(const std::string& korean);
bool has_hangul(const std::string& text);

// What is wrong with `text` in either language, one sentence each: a language missing or in the wrong place, marks
// (** ` [..](term:..)) not closed, another set of {values} or terms in one language than in the other, a Hangul
// particle behind a {value}, Korean that isn't in haeyo-che.
std::vector<std::string> check_text(const Text& text);

// The glossary ids that `text` refers to.
std::vector<std::string> term_refs(const std::string& text);

}  // namespace orrery::lesson
