// The page's own texts in both languages, generated from text/en.yaml and text/ko.yaml.
#pragma once

#include <string>
#include <vector>

#include "playground/viewmodel/words_gen.h"

namespace orrery::viewmodel {

enum class Language { English, Korean };

// "en" and "ko", as documents and settings name them. Anything else is English.
const char* code_of(Language language);
Language language_of(const std::string& code);

// Null-terminated UTF-8 that lives as long as the program.
const char* word(Language language, Word key);

// The same with {0}, {1}, ... replaced.
std::string phrase(Language language, Word key, const std::vector<std::string>& values);

}  // namespace orrery::viewmodel
