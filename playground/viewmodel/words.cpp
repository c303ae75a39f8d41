#include "playground/viewmodel/words.h"

namespace orrery::viewmodel {

extern const char* const kWords[int(Word::kCount)][2];

const char* code_of(Language language) { return language == Language::Korean ? "ko" : "en"; }

Language language_of(const std::string& code) { return code == "ko" ? Language::Korean : Language::English; }

const char* word(Language language, Word key) { return kWords[int(key)][int(language)]; }

std::string phrase(Language language, Word key, const std::vector<std::string>& values) {
  const std::string pattern = word(language, key);
  std::string out;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const bool slot = pattern[at] == '{' && at + 2 < pattern.size() && pattern[at + 2] == '}';
    const std::size_t index = slot ? std::size_t(pattern[at + 1] - '0') : 0;
    if (!slot || index >= values.size()) {
      out += pattern[at];
      continue;
    }
    out += values[index];
    at += 2;
  }
  return out;
}

}  // namespace orrery::viewmodel
