#include "playground/lesson_engine/field_path.h"

namespace orrery::lesson {
namespace {

constexpr std::int64_t kMilli = 1'000'000;

bool fail(std::string& error, const std::string& text, const char* why) {
  error = "'" + text + "' is not a field path: " + why;
  return false;
}

bool is_digits(const std::string& text) {
  if (text.empty() || text.size() > 9) return false;
  for (char c : text)
    if (c < '0' || c > '9') return false;
  return true;
}

// The inside of one pair of brackets.
bool bracket_part(const std::string& inside, PathPart& part) {
  if (inside == "*") {
    part.kind = PathPart::Kind::Each;
  } else if (is_digits(inside)) {
    part.kind = PathPart::Kind::Index;
    part.index = static_cast<std::size_t>(std::stoul(inside));
  } else if (inside.size() > 2 && inside.front() == '"' && inside.back() == '"') {
    part.kind = PathPart::Kind::Member;
    part.key = inside.substr(1, inside.size() - 2);
  } else {
    const std::size_t equal = inside.find('=');
    if (equal == std::string::npos || equal == 0) return false;
    part.kind = PathPart::Kind::Match;
    part.key = inside.substr(0, equal);
    part.value = inside.substr(equal + 1);
  }
  return true;
}

void step_into(const Json& at, const PathPart& part, std::vector<const Json*>& out) {
  switch (part.kind) {
    case PathPart::Kind::Member: {
      if (!at.is_object()) return;
      const auto it = at.find(part.key);
      if (it != at.end() && !it->is_null()) out.push_back(&*it);
      return;
    }
    case PathPart::Kind::Index:
      if (at.is_array() && part.index < at.size()) out.push_back(&at[part.index]);
      return;
    case PathPart::Kind::Each:
      if (at.is_array() || at.is_object())
        for (const Json& item : at) out.push_back(&item);
      return;
    case PathPart::Kind::Match:
      if (!at.is_array()) return;
      for (const Json& item : at) {
        if (!item.is_object()) continue;
        const auto it = item.find(part.key);
        if (it != item.end() && it->is_string() && it->get_ref<const std::string&>() == part.value)
          out.push_back(&item);
      }
      return;
  }
}

bool less(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) return a < b;
  if (a.is_string() && b.is_string()) return a.get_ref<const std::string&>() < b.get_ref<const std::string&>();
  return false;
}

bool comparable(const Json& a, const Json& b) {
  return (a.is_number() && b.is_number()) || (a.is_string() && b.is_string());
}

bool has_part(const Json& value, const Json& literal) {
  if (value.is_string() && literal.is_string())
    return value.get_ref<const std::string&>().find(literal.get_ref<const std::string&>()) != std::string::npos;
  if (value.is_array())
    for (const Json& item : value)
      if (item == literal) return true;
  return false;
}

bool value_holds(const Json& value, Op op, const Json& literal) {
  switch (op) {
    case Op::Equal:
      return value == literal;
    case Op::NotEqual:
      return value != literal;
    case Op::Less:
      return less(value, literal);
    case Op::LessEqual:
      return comparable(value, literal) && !less(literal, value);
    case Op::Greater:
      return less(literal, value);
    case Op::GreaterEqual:
      return comparable(value, literal) && !less(value, literal);
    case Op::In:
      return has_part(literal, value);
    case Op::Has:
      return has_part(value, literal);
    case Op::Exists:
      return true;
    case Op::Absent:
      return false;
  }
  return false;
}

bool parse_op(const std::string& word, Op& out) {
  static const struct {
    const char* word;
    Op op;
  } kOps[] = {{"==", Op::Equal},      {"!=", Op::NotEqual},     {"<", Op::Less}, {"<=", Op::LessEqual},
              {">", Op::Greater},     {">=", Op::GreaterEqual}, {"in", Op::In},  {"has", Op::Has},
              {"exists", Op::Exists}, {"absent", Op::Absent}};
  for (const auto& entry : kOps)
    if (word == entry.word) {
      out = entry.op;
      return true;
    }
  return false;
}

Json parse_literal(const std::string& text) {
  Json parsed = Json::parse(text, nullptr, false);
  return parsed.is_discarded() ? Json(text) : parsed;
}

}  // namespace

bool parse_path(const std::string& text, FieldPath& out, std::string& error) {
  out.clear();
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '[') {
      // A quoted key may hold any character but a quote, also a bracket.
      const bool quoted = at + 1 < text.size() && text[at + 1] == '"';
      std::size_t end = quoted ? text.find("\"]", at + 2) : text.find(']', at);
      if (end == std::string::npos) return fail(error, text, "a [ is not closed");
      if (quoted) ++end;
      PathPart part;
      if (!bracket_part(text.substr(at + 1, end - at - 1), part))
        return fail(error, text, "brackets hold *, a number, key=value or a quoted key");
      out.push_back(part);
      at = end + 1;
      continue;
    }
    if (text[at] == '.') {
      if (at == 0) return fail(error, text, "it starts with a dot");
      ++at;
    } else if (at != 0) {
      return fail(error, text, "a dot is missing after ]");
    }
    const std::size_t end = std::min(text.find_first_of(".[", at), text.size());
    if (end == at) return fail(error, text, "a name is empty");
    PathPart part;
    part.key = text.substr(at, end - at);
    out.push_back(part);
    at = end;
  }
  return out.empty() ? fail(error, text, "it is empty") : true;
}

std::vector<const Json*> find(const Json& object, const FieldPath& path) {
  std::vector<const Json*> reached{&object};
  for (const PathPart& part : path) {
    std::vector<const Json*> next;
    for (const Json* at : reached) step_into(*at, part, next);
    reached = next;
  }
  return reached;
}

bool parse_comparison(const std::string& text, Comparison& out, std::string& error) {
  // The path ends at the first blank outside quotes.
  bool quoted = false;
  std::size_t blank = 0;
  for (; blank < text.size() && (quoted || text[blank] != ' '); ++blank)
    if (text[blank] == '"') quoted = !quoted;
  if (blank == text.size()) {
    error = "'" + text + "' needs an operator after the path: == != < <= > >= in has exists absent";
    return false;
  }
  if (!parse_path(text.substr(0, blank), out.path, error)) return false;
  const std::size_t op_end = std::min(text.find(' ', blank + 1), text.size());
  const std::string op = text.substr(blank + 1, op_end - blank - 1);
  if (!parse_op(op, out.op)) {
    error = "'" + op + "' is not an operator: == != < <= > >= in has exists absent";
    return false;
  }
  const bool bare = out.op == Op::Exists || out.op == Op::Absent;
  if (bare != (op_end == text.size())) {
    error = "'" + text + "': " + op + (bare ? " takes no value" : " needs a value");
    return false;
  }
  if (!bare) out.literal = parse_literal(text.substr(op_end + 1));
  if (out.op == Op::In && !out.literal.is_array()) {
    error = "'" + text + "': in needs a list such as [\"a\", \"b\"]";
    return false;
  }
  return true;
}

bool holds(const Json& object, const Comparison& comparison) {
  const std::vector<const Json*> values = find(object, comparison.path);
  if (comparison.op == Op::Absent) return values.empty();
  if (comparison.op == Op::NotEqual) {
    for (const Json* value : values)
      if (*value == comparison.literal) return false;
    return true;
  }
  for (const Json* value : values)
    if (value_holds(*value, comparison.op, comparison.literal)) return true;
  return false;
}

bool parse_count(const std::string& text, CountCheck& out) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string::npos || !is_digits(text.substr(blank + 1))) return false;
  if (!parse_op(text.substr(0, blank), out.op) || out.op >= Op::In) return false;
  out.number = std::stol(text.substr(blank + 1));
  return true;
}

bool holds(std::int64_t count, const CountCheck& check) {
  return value_holds(Json(count), check.op, Json(check.number));
}

std::int64_t parse_duration_ns(const std::string& text) {
  std::int64_t total = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t digits_end = std::min(text.find_first_not_of("0123456789", at), text.size());
    const std::size_t unit_end = std::min(text.find_first_of("0123456789", digits_end), text.size());
    const std::string number = text.substr(at, digits_end - at);
    const std::string unit = text.substr(digits_end, unit_end - digits_end);
    if (!is_digits(number)) return -1;
    const std::int64_t scale = unit == "h"    ? 3'600'000
                               : unit == "m"  ? 60'000
                               : unit == "s"  ? 1'000
                               : unit == "ms" ? 1
                                              : 0;
    if (scale == 0) return -1;
    total += std::stoll(number) * scale * kMilli;
    at = unit_end;
  }
  return text.empty() ? -1 : total;
}

}  // namespace orrery::lesson
