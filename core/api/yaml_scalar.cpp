#include "core/api/yaml_scalar.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "core/base/text.h"

namespace orrery::api {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (std::string_view w : words)
    if (w == text) return true;
  return false;
}

// ^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$
bool float_text(std::string_view t) {
  size_t i = 0;
  if (i < t.size() && (t[i] == '-' || t[i] == '+')) ++i;
  size_t whole = 0, fraction = 0;
  for (; i < t.size() && digit(t[i]); ++i) ++whole;
  if (i < t.size() && t[i] == '.')
    for (++i; i < t.size() && digit(t[i]); ++i) ++fraction;
  if (whole + fraction == 0) return false;
  if (i < t.size() && (t[i] == 'e' || t[i] == 'E')) {
    ++i;
    if (i < t.size() && (t[i] == '-' || t[i] == '+')) ++i;
    size_t from = i;
    while (i < t.size() && digit(t[i])) ++i;
    if (i == from) return false;
  }
  return i == t.size();
}

// strconv.ParseInt(text, 0, 64) and ParseUint: decimal, 0x, 0b, 0o and octal with a leading 0.
bool int_text(std::string_view t, ResolvedScalar& out) {
  bool negative = !t.empty() && t[0] == '-';
  if (!t.empty() && (t[0] == '-' || t[0] == '+')) t.remove_prefix(1);
  unsigned base = 10;
  if (t.size() > 1 && t[0] == '0') {
    char c = t[1] | 0x20;
    base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
    t.remove_prefix(c == 'x' || c == 'b' || c == 'o' ? 2 : 1);
  }
  if (t.empty()) return false;
  uint64_t n = 0;
  for (char c : t) {
    unsigned d = digit(c) ? static_cast<unsigned>(c - '0') : (c | 0x20) >= 'a' && (c | 0x20) <= 'f'
                     ? static_cast<unsigned>((c | 0x20) - 'a' + 10) : 99;
    if (d >= base) return false;
    if (n > (std::numeric_limits<uint64_t>::max() - d) / base) return false;
    n = n * base + d;
  }
  out.kind = YamlScalar::Int;
  if (negative) {
    if (n > 1ull << 63) return out.kind = YamlScalar::String, false;
    out.number = static_cast<int64_t>(0 - n);
  } else if (n > static_cast<uint64_t>(INT64_MAX)) {
    out.is_unsigned = true;
    out.large = n;
  } else {
    out.number = static_cast<int64_t>(n);
  }
  return true;
}

// "2006-1-2", "2006-1-2T15:4:5Z", "2006-1-2 15:4:5": digits in the places of Go's allowed formats.
bool timestamp_text(std::string_view t) {
  auto number = [&](size_t least, size_t most, int max) {
    size_t n = 0;
    int value = 0;
    while (n < t.size() && n < most && digit(t[n])) value = value * 10 + (t[n++] - '0');
    if (n < least || value > max) return false;
    t.remove_prefix(n);
    return true;
  };
  auto mark = [&](char c) {
    if (t.empty() || t[0] != c) return false;
    t.remove_prefix(1);
    return true;
  };
  if (!number(4, 4, 9999) || !mark('-') || !number(1, 2, 12) || !mark('-') || !number(1, 2, 31)) return false;
  if (t.empty()) return true;
  bool zone = t[0] != ' ';
  if (t[0] != 'T' && t[0] != 't' && t[0] != ' ') return false;
  t.remove_prefix(1);
  if (!number(1, 2, 23) || !mark(':') || !number(1, 2, 59) || !mark(':') || !number(1, 2, 59)) return false;
  if (mark('.'))
    while (!t.empty() && digit(t[0])) t.remove_prefix(1);
  if (!zone) return t.empty();
  if (mark('Z')) return t.empty();
  if (!mark('+') && !mark('-')) return false;
  return number(2, 2, 23) && mark(':') && number(2, 2, 59) && t.empty();
}

}  // namespace

ResolvedScalar resolve_yaml_scalar(std::string_view text) {
  ResolvedScalar out;
  if (one_of(text, {"", "~", "null", "Null", "NULL"})) {
    out.kind = YamlScalar::Null;
    return out;
  }
  if (one_of(text, {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})) {
    out.kind = YamlScalar::Bool;
    out.boolean = true;
    return out;
  }
  if (one_of(text, {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})) {
    out.kind = YamlScalar::Bool;
    return out;
  }
  if (one_of(text, {".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf",
                    "-.INF"})) {
    out.kind = YamlScalar::Float;
    out.real = (text[1] | 0x20) == 'n' ? std::numeric_limits<double>::quiet_NaN()
                                       : std::numeric_limits<double>::infinity();
    return out;
  }
  char c = text[0];
  if (!digit(c) && c != '+' && c != '-' && c != '.') return out;
  if (c != '.' && timestamp_text(text)) {
    out.kind = YamlScalar::Timestamp;
    return out;
  }
  std::string plain(text);
  if (c != '.') plain = replace_all(plain, "_", "");
  if (c != '.' && int_text(plain, out)) return out;
  if (float_text(plain)) {
    out.kind = YamlScalar::Float;
    out.real = std::strtod(plain.c_str(), nullptr);
  }
  return out;
}

YamlScalar yaml_scalar_kind(std::string_view text) { return resolve_yaml_scalar(text).kind; }

}  // namespace orrery::api
