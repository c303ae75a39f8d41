#include "core/api/validation/names.h"

#include <initializer_list>

#include "core/base/str.h"
#include "core/base/text.h"

namespace orrery::api::validation {
namespace {

bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool lower_digit(char c) { return lower(c) || digit(c); }
bool alnum(char c) { return lower(c) || upper(c) || digit(c); }

std::string regex_error(std::string_view what, std::string_view regex, std::initializer_list<std::string_view> examples) {
  std::string out(what);
  if (examples.size() > 0) {
    out += " (e.g. ";
    bool first = true;
    for (std::string_view e : examples) {
      if (!first) out += " or ";
      first = false;
      out += cat("'", e, "', ");
    }
    return out + cat("regex used for validation is '", regex, "')");
  }
  return out + cat(" (regex used for validation is '", regex, "')");
}

// [a-z0-9]([-a-z0-9]*[a-z0-9])?
bool is_label(std::string_view t) {
  if (t.empty() || !lower_digit(t.front()) || !lower_digit(t.back())) return false;
  for (char c : t)
    if (!lower_digit(c) && c != '-') return false;
  return true;
}

bool is_subdomain(std::string_view t) {
  for (;;) {
    size_t dot = t.find('.');
    if (!is_label(t.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    t.remove_prefix(dot + 1);
  }
}

// ([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]
bool is_qualified(std::string_view t) {
  if (t.empty() || !alnum(t.front()) || !alnum(t.back())) return false;
  for (char c : t)
    if (!alnum(c) && c != '-' && c != '_' && c != '.') return false;
  return true;
}

constexpr std::string_view kLabel = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
constexpr std::string_view kQualified = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
constexpr std::string_view kQualifiedError =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

}  // namespace

std::string must_be_between(int64_t low, int64_t high) { return cat("must be between ", low, " and ", high, ", inclusive"); }
std::string must_be_at_most_bytes(int64_t n) { return cat("must be no more than ", n, " bytes"); }

std::string_view without_dash(std::string_view name, bool prefix) {
  if (prefix && name.size() > 1 && name.back() == '-') name.remove_suffix(1);
  return name;
}

Problems dns1123_label(std::string_view t) {
  Problems out;
  if (t.size() > 63) out.push_back(must_be_at_most_bytes(63));
  if (!is_label(t)) {
    if (is_subdomain(t))
      out.push_back("must not contain dots");
    else
      out.push_back(regex_error("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
                                "and must start and end with an alphanumeric character",
                                kLabel, {"my-name", "123-abc"}));
  }
  return out;
}

Problems dns1123_subdomain(std::string_view t) {
  Problems out;
  if (t.size() > 253) out.push_back(must_be_at_most_bytes(253));
  if (!is_subdomain(t))
    out.push_back(regex_error("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "
                              "or '.', and must start and end with an alphanumeric character",
                              cat(kLabel, "(\\.", kLabel, ")*"), {"example.com"}));
  return out;
}

Problems dns1035_label(std::string_view t) {
  Problems out;
  if (t.size() > 63) out.push_back(must_be_at_most_bytes(63));
  if (!is_label(t) || !lower(t.front()))
    out.push_back(regex_error("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with "
                              "an alphabetic character, and end with an alphanumeric character",
                              "[a-z]([-a-z0-9]*[a-z0-9])?", {"my-name", "abc-123"}));
  return out;
}

Problems qualified_name(std::string_view t) {
  Problems out;
  size_t slash = t.find('/');
  if (slash != std::string_view::npos && t.find('/', slash + 1) != std::string_view::npos) {
    out.push_back("a qualified name " + regex_error(kQualifiedError, kQualified, {"MyName", "my.name", "123-abc"}) +
                  " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
    return out;
  }
  if (slash == 0)
    out.push_back("prefix part must be non-empty");
  else if (slash != std::string_view::npos)
    for (const std::string& p : dns1123_subdomain(t.substr(0, slash))) out.push_back("prefix part " + p);
  std::string_view name = slash == std::string_view::npos ? t : t.substr(slash + 1);
  if (name.empty())
    out.push_back("name part must be non-empty");
  else if (name.size() > 63)
    out.push_back("name part " + must_be_at_most_bytes(63));
  if (!is_qualified(name))
    out.push_back("name part " + regex_error(kQualifiedError, kQualified, {"MyName", "my.name", "123-abc"}));
  return out;
}

Problems label_value(std::string_view t) {
  Problems out;
  if (t.size() > 63) out.push_back(must_be_at_most_bytes(63));
  if (!t.empty() && !is_qualified(t))
    out.push_back(regex_error("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' "
                              "or '.', and must start and end with an alphanumeric character",
                              cat("(", kQualified, ")?"), {"MyValue", "my_value", "12345"}));
  return out;
}

Problems config_key(std::string_view t) {
  Problems out;
  if (t.size() > 253) out.push_back(must_be_at_most_bytes(253));
  bool good = !t.empty();
  for (char c : t) good = good && (alnum(c) || c == '-' || c == '_' || c == '.');
  if (!good)
    out.push_back(regex_error("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                              "[-._a-zA-Z0-9]+", {"key.name", "KEY_NAME", "key-name"}));
  if (t == ".") out.push_back("must not be '.'");
  if (t == "..")
    out.push_back("must not be '..'");
  else if (starts_with(t, ".."))
    out.push_back("must not start with '..'");
  return out;
}

Problems env_name(std::string_view t) {
  if (t.empty()) return {"environment variable name must be non-empty"};
  for (char c : t)
    if (c < 0x20 || c > 0x7e || c == '=')
      return {"a valid environment variable name must consist only of printable ASCII characters other than '='"};
  return {};
}

Problems port_number(int64_t port) {
  if (port >= 1 && port <= 65535) return {};
  return {must_be_between(1, 65535)};
}

Problems port_name(std::string_view t) {
  Problems out;
  if (t.size() > 15) out.push_back(must_be_at_most_bytes(15));
  bool charset = !t.empty(), letter = false;
  for (char c : t) {
    charset = charset && (lower_digit(c) || c == '-');
    letter = letter || lower(c);
  }
  if (!charset) out.push_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!letter) out.push_back("must contain at least one letter (a-z)");
  if (t.find("--") != std::string_view::npos) out.push_back("must not contain consecutive hyphens");
  if (!t.empty() && (t.front() == '-' || t.back() == '-')) out.push_back("must not begin or end with a hyphen");
  return out;
}

Problems path_segment(std::string_view t) {
  Problems out;
  if (t == "." || t == "..") return {cat("may not be '", t, "'")};
  for (char bad : {'/', '%'})
    if (t.find(bad) != std::string_view::npos) out.push_back(cat("may not contain '", bad, "'"));
  return out;
}

Problems percent(std::string_view t) {
  bool good = t.size() > 1 && t.back() == '%';
  for (char c : t.substr(0, t.empty() ? 0 : t.size() - 1)) good = good && digit(c);
  if (good) return {};
  return {regex_error("a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%",
                      {"1%", "93%"})};
}

bool is_ip_address(std::string_view t) {
  if (t.find(':') == std::string_view::npos) {
    std::vector<std::string> parts = split(t, '.');
    if (parts.size() != 4) return false;
    for (const std::string& p : parts) {
      int64_t n = 0;
      if (p.empty() || !digit(p[0]) || (p.size() > 1 && p[0] == '0') || !parse_int64(p, n) || n > 255) return false;
    }
    return true;
  }
  size_t groups = 0;
  bool gap = t.find("::") != std::string_view::npos;
  if (gap && t.find("::", t.find("::") + 1) != std::string_view::npos) return false;
  std::vector<std::string> parts = split(t, ':');
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::string& p = parts[i];
    if (p.empty()) {
      if (!gap) return false;
      continue;
    }
    if (i + 1 == parts.size() && p.find('.') != std::string::npos) {
      if (!is_ip_address(p)) return false;
      groups += 2;
      continue;
    }
    if (p.size() > 4) return false;
    for (char c : p)
      if (!digit(c) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'f')) return false;
    ++groups;
  }
  if (t.front() == ':' && !starts_with(t, "::")) return false;
  if (t.back() == ':' && !ends_with(t, "::")) return false;
  return gap ? groups < 8 : groups == 8;
}

Problems ip_address(std::string_view t) {
  if (is_ip_address(t)) return {};
  return {"must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"};
}

}  // namespace orrery::api::validation
