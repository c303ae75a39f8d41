// {value}s in texts and commands.
#include "playground/lesson_engine/evaluator.h"

namespace orrery::lesson {
namespace {

// The end of the placeholder that starts at `at` (past its brace), or npos when there is none.
std::size_t placeholder_end(const std::string& text, std::size_t at) {
  if (text[at] != '{') return std::string::npos;
  const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", at + 1);
  if (end == std::string::npos || end == at + 1 || text[end] != '}') return std::string::npos;
  return end + 1;
}

std::string plain_value(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string name_of(const Json& object) { return object["metadata"].value("name", std::string("-")); }

std::string read(const Value& value, const ObjectTable& objects) {
  const std::vector<const Json*> found = objects.matching(value.of);
  if (value.kind == Value::Kind::CountOf) return std::to_string(found.size());
  if (found.empty()) return "-";
  if (value.kind == Value::Kind::NameOf) return name_of(*found.front());
  if (value.kind == Value::Kind::FieldOf) {
    const std::vector<const Json*> fields = find(*found.front(), value.path);
    return fields.empty() ? "-" : plain_value(*fields.front());
  }
  std::string names;
  for (const Json* object : found) names += (names.empty() ? "" : ", ") + name_of(*object);
  return names;
}

}  // namespace

std::vector<std::string> placeholders(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    const std::size_t end = placeholder_end(text, at);
    if (end != std::string::npos) out.push_back(text.substr(at + 1, end - at - 2));
  }
  return out;
}

std::string expand(const std::string& text, const Values& values, const ObjectTable& objects) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = placeholder_end(text, at);
    const auto value = end == std::string::npos ? values.end() : values.find(text.substr(at + 1, end - at - 2));
    if (value == values.end()) {
      out += text[at++];
    } else {
      out += read(value->second, objects);
      at = end;
    }
  }
  return out;
}

}  // namespace orrery::lesson
