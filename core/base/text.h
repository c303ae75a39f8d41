// Small text helpers used everywhere. Field text rules of Kubernetes (names, labels) live in core/api/validation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

std::vector<std::string> split(std::string_view text, char separator);  // "" gives one empty piece
std::string join(const std::vector<std::string>& pieces, std::string_view separator);
std::string_view trim(std::string_view text);  // ASCII white space
std::string to_lower(std::string_view text);   // ASCII
bool starts_with(std::string_view text, std::string_view prefix);
bool ends_with(std::string_view text, std::string_view suffix);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
bool parse_int64(std::string_view text, int64_t& out);  // whole text, optional sign, no overflow
std::string base64_encode(std::string_view bytes);
bool base64_decode(std::string_view text, std::string& out);  // standard alphabet with padding
std::string percent_decode(std::string_view text, bool plus_is_space = false);
std::string percent_encode(std::string_view text);
std::string quoted(std::string_view text);  // Go's %q for printable text: "a \"b\""
std::string hex64(uint64_t value);          // 16 lower-case digits

}  // namespace orrery
