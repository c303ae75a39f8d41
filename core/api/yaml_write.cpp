// go-yaml v2's emitter for the trees that JSON can hold (encode.go, emitterc.go, sorter.go): block style, keys in
// natural order, scalar style by content, folding at the first space behind column 80.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/api/yaml_scalar.h"
#include "core/base/str.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

using nlohmann::json;

constexpr int kWidth = 80;

struct Rune {
  uint32_t code;
  int length;
};

Rune rune_at(std::string_view s, size_t i) {
  auto byte = [&](size_t k) -> uint32_t { return k < s.size() ? static_cast<unsigned char>(s[k]) : 0; };
  uint32_t c = byte(i);
  if (c < 0x80) return {c, 1};
  if (c < 0xe0) return {(c & 0x1f) << 6 | (byte(i + 1) & 0x3f), 2};
  if (c < 0xf0) return {(c & 0x0f) << 12 | (byte(i + 1) & 0x3f) << 6 | (byte(i + 2) & 0x3f), 3};
  return {(c & 7) << 18 | (byte(i + 1) & 0x3f) << 12 | (byte(i + 2) & 0x3f) << 6 | (byte(i + 3) & 0x3f), 4};
}

bool is_break(uint32_t c) { return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029; }
bool is_printable(uint32_t c) {
  return c == '\n' || (c >= 0x20 && c <= 0x7e) || (c >= 0xa0 && c < 0xd800) || (c >= 0xe000 && c < 0xfffe && c != 0xfeff);
}
bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }
// Letters of the scripts that keys are written in; what matters is ASCII.
bool is_letter(uint32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0xaa; }

std::vector<uint32_t> runes(std::string_view s) {
  std::vector<uint32_t> out;
  for (size_t i = 0; i < s.size();) {
    Rune r = rune_at(s, i);
    out.push_back(r.code);
    i += static_cast<size_t>(r.length);
  }
  return out;
}

// go-yaml's order of keys: letters after other characters, runs of digits by value.
bool key_less(std::string_view a_text, std::string_view b_text) {
  std::vector<uint32_t> a = runes(a_text), b = runes(b_text);
  bool digits = false;  // the common part ends with one
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i] == b[i]) {
      digits = is_digit(a[i]);
      continue;
    }
    bool al = is_letter(a[i]), bl = is_letter(b[i]);
    if (al && bl) return a[i] < b[i];
    if (al || bl) return digits ? al : bl;
    size_t ai = i, bi = i;
    int64_t an = 0, bn = 0;
    if (a[i] == '0' || b[i] == '0')
      for (size_t j = i; j-- > 0 && is_digit(a[j]);)
        if (a[j] != '0') {
          an = bn = 1;
          break;
        }
    for (; ai < a.size() && is_digit(a[ai]) && ai < i + 17; ++ai) an = an * 10 + (a[ai] - '0');
    for (; bi < b.size() && is_digit(b[bi]) && bi < i + 17; ++bi) bn = bn * 10 + (b[bi] - '0');
    if (an != bn) return an < bn;
    if (ai != bi) return ai < bi;
    return a[i] < b[i];
  }
  return a.size() < b.size();
}

// ^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$
bool is_base60(std::string_view s) {
  size_t i = !s.empty() && (s[0] == '-' || s[0] == '+');
  if (i >= s.size() || !is_digit(static_cast<unsigned char>(s[i]))) return false;
  while (i < s.size() && (is_digit(static_cast<unsigned char>(s[i])) || s[i] == '_')) ++i;
  int groups = 0;
  while (i < s.size() && s[i] == ':') {
    size_t from = ++i;
    while (i < s.size() && is_digit(static_cast<unsigned char>(s[i]))) ++i;
    size_t n = i - from;
    if (n == 0 || n > 2 || (n == 2 && s[from] > '5')) return false;
    ++groups;
  }
  if (groups == 0) return false;
  if (i < s.size() && s[i] == '.')
    for (++i; i < s.size() && (is_digit(static_cast<unsigned char>(s[i])) || s[i] == '_');) ++i;
  return i == s.size();
}

// Which styles can hold the text (yaml_emitter_analyze_scalar, outside flow collections).
struct Allowed {
  bool plain = true, single = true, block = true;
};

Allowed analyze(std::string_view s) {
  Allowed a;
  if (s.empty()) {
    a.block = false;
    return a;
  }
  bool indicators = starts_with(s, "---") || starts_with(s, "...");
  bool breaks = false, special = false, edge_space = false, trailing_space = false, break_space = false,
       space_break = false, previous_space = false, previous_break = false, after_blank = true;
  for (size_t i = 0; i < s.size();) {
    Rune r = rune_at(s, i);
    bool first = i == 0, last = i + static_cast<size_t>(r.length) >= s.size();
    uint32_t next = last ? 0 : rune_at(s, i + static_cast<size_t>(r.length)).code;
    bool before_blank = last || next == ' ' || next == '\t';
    uint32_t c = r.code;
    if (first) {
      if (c < 0x80 && std::string_view("#,[]{}&*!|>'\"%@`").find(static_cast<char>(c)) != std::string_view::npos)
        indicators = true;
      if ((c == '?' || c == ':' || c == '-') && before_blank) indicators = true;
    } else {
      if (c == ':' && before_blank) indicators = true;
      if (c == '#' && after_blank) indicators = true;
    }
    if (!is_printable(c)) special = true;
    if (c == ' ') {
      edge_space |= first || last;
      trailing_space |= last;
      break_space |= previous_break;
      previous_space = true;
      previous_break = false;
    } else if (is_break(c)) {
      breaks = true;
      edge_space |= first || last;
      space_break |= previous_space;
      previous_space = false;
      previous_break = true;
    } else {
      previous_space = previous_break = false;
    }
    after_blank = c == ' ' || c == '\t' || is_break(c);
    i += static_cast<size_t>(r.length);
  }
  if (edge_space || breaks || indicators) a.plain = false;
  if (trailing_space) a.block = false;
  if (break_space) a.plain = a.single = false;
  if (space_break || special) a.plain = a.single = a.block = false;
  return a;
}

class Emitter {
 public:
  std::string out;

  // A node at its place; `indent` is that of the enclosing block, -2 at the top.
  void node(const json& v, int indent, bool in_map) {
    if (v.is_object() && !v.empty()) {
      mapping(v, indent + 2, in_map);
    } else if (v.is_array() && !v.empty()) {
      sequence(v, in_map ? indent : indent + 2, in_map);
    } else {
      space();
      if (v.is_string())
        text(v.get_ref<const std::string&>(), indent + 2, false);
      else
        put(scalar(v));
    }
  }

 private:
  static std::string scalar(const json& v) {
    if (v.is_object()) return "{}";
    if (v.is_array()) return "[]";
    if (!v.is_number_float()) return v.dump();
    std::string s = v.dump();
    return ends_with(s, ".0") ? s.substr(0, s.size() - 2) : s;
  }

  void put(std::string_view s) {
    out += s;
    for (unsigned char c : s) column_ += (c & 0xc0) != 0x80;
  }
  void newline(int indent) {
    out += '\n';
    out.append(static_cast<size_t>(std::max(indent, 0)), ' ');
    column_ = std::max(indent, 0);
  }
  void space() {
    if (!out.empty() && out.back() == ':') put(" ");
  }

  void mapping(const json& v, int indent, bool in_map) {
    std::vector<std::string> keys;
    for (const auto& item : v.items()) keys.push_back(item.key());
    std::stable_sort(keys.begin(), keys.end(), [](const std::string& a, const std::string& b) { return key_less(a, b); });
    bool first = true;
    for (const std::string& key : keys) {
      if (!first || in_map) newline(indent);
      first = false;
      text(key, indent, true);
      put(":");
      node(v[key], indent, true);
    }
  }

  void sequence(const json& v, int indent, bool in_map) {
    bool first = true;
    for (const json& item : v) {
      if (!first || in_map) newline(indent);
      first = false;
      put("- ");
      node(item, indent, false);
    }
  }

  void text(const std::string& s, int indent, bool key) {
    bool plain = yaml_scalar_kind(s) == YamlScalar::String && !is_base60(s);
    Allowed allowed = analyze(s);
    bool lines = s.find('\n') != std::string::npos;
    if (lines) {
      if (allowed.block && !key) return literal(s, indent);
      return double_quoted(s, indent, !key);
    }
    if (!plain) return double_quoted(s, indent, !key);
    if (allowed.plain) return folded(s, indent, !key, false);
    if (allowed.single) return folded(s, indent, !key, true);
    double_quoted(s, indent, !key);
  }

  // Plain, or in single quotes.
  void folded(const std::string& s, int indent, bool fold, bool quotes) {
    if (quotes) put("'");
    bool spaces = false, line_end = false;
    for (size_t i = 0; i < s.size();) {
      Rune r = rune_at(s, i);
      size_t n = static_cast<size_t>(r.length);
      if (line_end && s[i] != ' ') {
        out.append(static_cast<size_t>(std::max(indent, 0)), ' ');
        column_ = std::max(indent, 0);
      }
      line_end = is_break(r.code);
      if (s[i] == ' ') {
        bool inside = !quotes || (i > 0 && i + 1 < s.size());
        bool next_space = i + 1 < s.size() && s[i + 1] == ' ';
        if (fold && !spaces && column_ > kWidth && inside && !next_space)
          newline(indent);
        else
          put(" ");
        spaces = true;
      } else {
        if (quotes && s[i] == '\'') put("'");
        put(std::string_view(s).substr(i, n));
        spaces = false;
      }
      i += n;
    }
    if (quotes) put("'");
  }

  void double_quoted(const std::string& s, int indent, bool fold) {
    put("\"");
    bool spaces = false;
    for (size_t i = 0; i < s.size();) {
      Rune r = rune_at(s, i);
      size_t n = static_cast<size_t>(r.length);
      if (!is_printable(r.code) || is_break(r.code) || r.code == '"' || r.code == '\\') {
        put(escape(r.code));
        spaces = false;
      } else if (r.code == ' ') {
        if (fold && !spaces && column_ > kWidth && i > 0 && i + 1 < s.size()) {
          newline(indent);
          if (s[i + 1] == ' ') put("\\");
        } else {
          put(" ");
        }
        spaces = true;
      } else {
        put(std::string_view(s).substr(i, n));
        spaces = false;
      }
      i += n;
    }
    put("\"");
  }

  static std::string escape(uint32_t c) {
    switch (c) {
      case 0: return "\\0";
      case 7: return "\\a";
      case 8: return "\\b";
      case 9: return "\\t";
      case 10: return "\\n";
      case 11: return "\\v";
      case 12: return "\\f";
      case 13: return "\\r";
      case 27: return "\\e";
      case '"': return "\\\"";
      case '\\': return "\\\\";
      case 0x85: return "\\N";
      case 0xa0: return "\\_";
      case 0x2028: return "\\L";
      case 0x2029: return "\\P";
      default: break;
    }
    int width = c <= 0xff ? 2 : c <= 0xffff ? 4 : 8;
    std::string digits = hex64(c).substr(16 - static_cast<size_t>(width));
    for (char& d : digits)
      if (d >= 'a') d -= 'a' - 'A';
    return cat(width == 2 ? "\\x" : width == 4 ? "\\u" : "\\U", digits);
  }

  void literal(const std::string& s, int indent) {
    put("|");
    if (s[0] == ' ' || s[0] == '\n') put("2");
    if (s.back() != '\n')
      put("-");
    else if (s.size() == 1 || s[s.size() - 2] == '\n')
      put("+");
    std::string_view rest = s;
    while (!rest.empty()) {
      std::string_view line = rest.substr(0, rest.find('\n'));
      if (line.empty()) {
        out += '\n';
        column_ = 0;
      } else {
        newline(indent);
        put(line);
      }
      rest.remove_prefix(line.size() < rest.size() ? line.size() + 1 : rest.size());
    }
  }

  int column_ = 0;
};

}  // namespace

std::string dom_to_yaml(const json& dom) {
  Emitter e;
  e.node(dom, -2, false);
  e.out += '\n';
  return std::move(e.out);
}

std::string json_to_yaml(std::string_view text) {
  json dom = json::parse(text.data(), text.data() + text.size(), nullptr, false);
  return dom.is_discarded() ? std::string() : dom_to_yaml(dom);
}

}  // namespace orrery::api
