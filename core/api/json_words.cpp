#include "core/api/json_words.h"

#include "core/base/str.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string go_char(char c) {
  if (c == '\'') return "'\\''";
  if (c == '"') return "'\"'";
  std::string q = orrery::quoted(std::string_view(&c, 1));
  return "'" + q.substr(1, q.size() - 2) + "'";
}

std::string package_of(const TypeDesc& type) {
  return std::string(type.group_version.substr(type.group_version.find('/') + 1));
}

std::string qualify(const TypeDesc& owner, std::string_view go) {
  while (starts_with(go, "*")) go.remove_prefix(1);
  if (starts_with(go, "[]")) return "[]" + qualify(owner, go.substr(2));
  if (starts_with(go, "map[")) {
    size_t close = go.find(']');
    return "map[" + qualify(owner, go.substr(4, close - 4)) + "]" + qualify(owner, go.substr(close + 1));
  }
  size_t dot = go.find('.');
  if (dot != std::string_view::npos) {
    std::string_view package = go.substr(0, dot);
    bool v1 = package == "metav1" || package == "corev1" || package == "apiv1" || package == "authenticationv1";
    return cat(v1 ? std::string_view("v1") : package, go.substr(dot));
  }
  if (go.empty() || (go[0] >= 'a' && go[0] <= 'z')) return std::string(go);
  return cat(package_of(owner), ".", go);
}

bool text_of_number_or_name(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '+' || c == 'E';
}

// The second half: what was being looked for.
std::string finish(std::string_view what, const std::string& head) {
  if (contains(what, "expected end of input")) return head + "after top-level value";
  if (contains(what, "parsing object key")) return head + "looking for beginning of object key string";
  if (contains(what, "parsing object separator")) return head + "after object key";
  if (contains(what, "parsing object")) return head + "after object key:value pair";
  if (contains(what, "parsing array")) return head + "after array element";
  return head + "looking for beginning of value";
}

}  // namespace

std::string go_type_name(const TypeDesc& type) { return cat(package_of(type), ".", type.name); }

std::string go_type_name(const TypeDesc& owner, const Field& f, bool element) {
  if (f.kind == Kind::Struct && (element || f.shape == Shape::One || f.shape == Shape::Optional))
    return go_type_name(*f.type);
  std::string name = qualify(owner, f.go_type);
  if (!element) return name;
  if (starts_with(name, "[]")) return name.substr(2);
  if (starts_with(name, "map[")) return name.substr(name.find(']') + 1);
  return f.kind == Kind::Quantity ? "resource.Quantity" : "string";
}

std::string go_syntax_error(std::string_view text, size_t position, std::string_view what) {
  if (contains(what, "unexpected end of input") || position > text.size() || contains(what, "missing closing quote"))
    return "unexpected end of JSON input";
  size_t at = position > 0 ? position - 1 : 0;
  // The parser stops behind the token; Go names its first character.
  if (contains(what, "unexpected string literal")) return finish(what, "invalid character '\"' ");
  if (contains(what, "- unexpected") && contains(what, " literal"))
    while (at > 0 && at < text.size() && text_of_number_or_name(text[at - 1])) --at;
  if (at >= text.size()) return "unexpected end of JSON input";
  std::string head = cat("invalid character ", go_char(text[at]), " ");
  if (contains(what, "control character")) return head + "in string literal";
  if (contains(what, "invalid string: forbidden character after backslash")) return head + "in string escape code";
  if (contains(what, "ill-formed UTF-8") || contains(what, "surrogate")) return head + "in string literal";
  if (contains(what, "invalid number")) return head + "in numeric literal";
  if (contains(what, "invalid literal")) {
    for (std::string_view literal : {"true", "false", "null"})
      for (size_t n = literal.size() - 1; n > 0; --n)
        if (at >= n && text.substr(at - n, n) == literal.substr(0, n))
          return cat(head, "in literal ", literal, " (expecting ", go_char(literal[n]), ")");
  }
  return finish(what, head);
}

}  // namespace orrery::api
