// UTF-8 by code points, and how many columns of a terminal each takes.
#pragma once

#include <string>

namespace orrery::viewmodel {

// The code point that starts at `at`, which moves behind it. A broken byte counts as one code point, U+FFFD.
char32_t decode_utf8(const std::string& text, std::size_t& at);
std::string encode_utf8(char32_t c);

// Start of the code point before / after byte `at`.
std::size_t previous_point(const std::string& text, std::size_t at);
std::size_t next_point(const std::string& text, std::size_t at);

// 2 for Hangul, Han and full-width forms, 1 otherwise.
int columns_of(char32_t c);
int columns_of(const std::string& text);

}  // namespace orrery::viewmodel
