#include "playground/lesson_engine/text_rules.h"

#include <algorithm>

#include "playground/lesson_engine/evaluator.h"
#include "playground/viewmodel/document.h"
#include "playground/viewmodel/utf8.h"

namespace orrery::lesson {
namespace {

bool is_hangul(char32_t code) { return (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0x1100 && code <= 0x11FF); }

bool is_latin_or_digit(char32_t code) {
  return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

std::string plain(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += viewmodel::plain_text(viewmodel::parse_inline(text.substr(at, end - at))) + " ";
    at = end + 1;
  }
  return out;
}

int count_of(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

// Counters stay the same behind any number.
bool is_counter(const std::string& text, std::size_t at) {
  for (const char* counter : {"개", "번", "초", "분", "대", "회"})
    if (text.compare(at, 3, counter) == 0) return true;
  return false;
}

bool particle_behind_value(const std::string& korean) {
  for (const std::string& name : placeholders(korean)) {
    const std::string value = "{" + name + "}";
    for (std::size_t at = korean.find(value); at != std::string::npos; at = korean.find(value, at + 1)) {
      std::size_t end = at + value.size();
      while (end < korean.size() && (korean[end] == '`' || korean[end] == '*')) ++end;
      std::size_t next = end;
      if (end < korean.size() && is_hangul(viewmodel::decode_utf8(korean, next)) && !is_counter(korean, end))
        return true;
    }
  }
  return false;
}

bool is_haeyo(const std::string& korean) {
  const std::string text = plain(korean);
  for (const char* ending : {"니다.", "니까?", "한다.", "된다.", "이다.", "있다.", "없다.", "는다.", "십시오"})
    if (text.find(ending) != std::string::npos) return false;
  return true;
}

}  // namespace

bool has_hangul(const std::string& text) {
  for (std::size_t at = 0; at < text.size();)
    if (is_hangul(viewmodel::decode_utf8(text, at))) return true;
  return false;
}

int count_words(const std::string& english) {
  int count = 0;
  bool in_word = false;
  for (char c : plain(english)) {
    const bool blank = c == ' ' || c == '\n' || c == '\t';
    if (!blank && !in_word && is_latin_or_digit(static_cast<unsigned char>(c))) {
      ++count;
      in_word = true;
    }
    if (blank) in_word = false;
  }
  return count;
}

int count_syllables(const std::string& korean) {
  const std::string text = plain(korean);
  int count = 0;
  bool in_latin = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = viewmodel::decode_utf8(text, at);
    const bool joins = code == '-' || code == '.' || code == '/' || code == '_' || code == '=';
    const bool latin = is_latin_or_digit(code) || (in_latin && joins);
    if (is_hangul(code)) ++count;
    if (latin && !in_latin) count += 2;
    in_latin = latin;
  }
  return count;
}

std::vector<std::string> term_refs(const std::string& text) {
  std::vector<std::string> out;
  for (const viewmodel::Span& span : viewmodel::parse_inline(text))
    if (span.kind == viewmodel::SpanKind::Term) out.push_back(span.ref);
  return out;
}

std::vector<std::string> check_text(const Text& text) {
  std::vector<std::string> out;
  if (text.en.empty()) out.push_back("the English text is empty");
  if (text.ko.empty()) out.push_back("the Korean text is empty");
  if (has_hangul(text.en)) out.push_back("the English text holds Hangul");
  // Names such as `Pending` are the same in both languages.
  const bool name = text.en == text.ko && count_words(text.en) <= 3;
  if (!name && !text.ko.empty() && !has_hangul(text.ko)) out.push_back("the Korean text holds no Hangul");
  for (const std::string& one : {text.en, text.ko}) {
    if (count_of(one, "`") % 2 != 0) out.push_back("a ` is not closed: " + one);
    if (count_of(one, "**") % 2 != 0) out.push_back("a ** is not closed: " + one);
    if (count_of(one, "(term:") != static_cast<int>(term_refs(one).size()))
      out.push_back("a term is not written [name](term:id): " + one);
  }
  if (sorted(placeholders(text.en)) != sorted(placeholders(text.ko)))
    out.push_back("the two languages name different {values}");
  if (sorted(term_refs(text.en)) != sorted(term_refs(text.ko)))
    out.push_back("the two languages refer to different terms");
  if (particle_behind_value(text.ko))
    out.push_back("a particle follows a {value}: put a colon, a counter or nothing behind it: " + text.ko);
  if (!is_haeyo(text.ko)) out.push_back("Korean is written in haeyo-che: " + text.ko);
  return out;
}

}  // namespace orrery::lesson
