// Paths into an API object's JSON, and comparisons of what stands there.
//   status.phase    spec.containers[0].image    status.conditions[type=Ready].status
//   spec.containers[*].name    metadata.labels["app.kubernetes.io/name"]
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace orrery::lesson {

using Json = nlohmann::json;

struct PathPart {
  enum class Kind { Member, Index, Each, Match };
  Kind kind = Kind::Member;
  std::string key;    // Member, and the compared member of Match
  std::string value;  // Match
  std::size_t index = 0;
};
using FieldPath = std::vector<PathPart>;

// False when `text` is no path; `error` then says why.
bool parse_path(const std::string& text, FieldPath& out, std::string& error);

// All values that the path reaches; a missing field or null reaches nothing.
std::vector<const Json*> find(const Json& object, const FieldPath& path);

enum class Op { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, In, Has, Exists, Absent };

// `path operator literal`: == != < <= > >=, `in [a, b]`, `has text` (a part of a text, or a member of a list),
// `exists`, `absent`. A literal is JSON when it parses as JSON (3, true, "3"), otherwise the text as it stands.
struct Comparison {
  FieldPath path;
  Op op = Op::Exists;
  Json literal;
};
bool parse_comparison(const std::string& text, Comparison& out, std::string& error);

// True when any value that the path reaches compares so; `!=` and `absent` need that none reached differs from it.
bool holds(const Json& object, const Comparison& comparison);

// "== 3", as counts are written.
struct CountCheck {
  Op op = Op::GreaterEqual;
  std::int64_t number = 1;
};
bool parse_count(const std::string& text, CountCheck& out);
bool holds(std::int64_t count, const CountCheck& check);

// "90s", "1h30m", "250ms" in nanoseconds; negative when it is none.
std::int64_t parse_duration_ns(const std::string& text);

}  // namespace orrery::lesson
