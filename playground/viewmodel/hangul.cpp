#include "playground/viewmodel/hangul.h"

#include "playground/viewmodel/utf8.h"

namespace orrery::viewmodel {
namespace {

constexpr char32_t kFirstSyllable = 0xAC00, kLastSyllable = 0xD7A3;
constexpr char32_t kFirstJamo = 0x3131, kLastJamo = 0x3163;  // compatibility jamo, ㄱ to ㅣ

const char* const kInitial[] = {"r", "R", "s", "e", "E", "f", "a", "q", "Q", "t", "T", "d", "w", "W", "c", "z", "x", "v", "g"};
const char* const kVowel[] = {"k", "o", "i", "O", "j", "p", "u", "P", "h", "hk", "ho", "hl", "y", "n", "nj", "np", "nl",
                              "b", "m", "ml", "l"};
const char* const kFinal[] = {"", "r", "R", "rt", "s", "sw", "sg", "e", "f", "fr", "fa", "fq", "ft", "fx", "fv", "fg",
                              "a", "q", "qt", "t", "T", "d", "w", "c", "z", "x", "v", "g"};
const char* const kJamo[] = {"r", "R", "rt", "s", "sw", "sg", "e", "E", "f", "fr", "fa", "fq", "ft", "fx", "fv", "fg", "a",
                             "q", "Q", "qt", "t", "T", "d", "w", "W", "c", "z", "x", "v", "g",
                             "k", "o", "i", "O", "j", "p", "u", "P", "h", "hk", "ho", "hl", "y", "n", "nj", "np", "nl", "b",
                             "m", "ml", "l"};

std::string keys_of(char32_t c) {
  if (c >= kFirstJamo && c <= kLastJamo) return kJamo[c - kFirstJamo];
  if (c < kFirstSyllable || c > kLastSyllable) return encode_utf8(c);
  const unsigned index = unsigned(c - kFirstSyllable);
  return std::string(kInitial[index / 588]) + kVowel[index % 588 / 28] + kFinal[index % 28];
}

}  // namespace

std::string keys_of_hangul(const std::string& text) {
  std::string keys;
  for (std::size_t at = 0; at < text.size();) keys += keys_of(decode_utf8(text, at));
  return keys;
}

std::string hangul_rescue(const std::string& line, const std::vector<std::string>& known) {
  const std::string keys = keys_of_hangul(line);
  if (keys == line) return "";
  const std::string first = keys.substr(0, keys.find(' '));
  if (line.compare(0, first.size(), first) == 0) return "";  // the first word was Latin already
  for (const std::string& command : known)
    if (first == command) return keys;
  return "";
}

}  // namespace orrery::viewmodel
