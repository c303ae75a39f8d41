// What `kubectl describe` prints, line by line: cells that end in a tab stand in columns, as Go's text/tabwriter lays them
// out (padding of two blanks; a column ends where a line has no cell in it).
#pragma once

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace orrery::kubectl {

class Writer {
 public:
  // One or several lines; those after the first bring their own indent. A level is two blanks.
  void put(int level, std::string_view text);
  void line(int level, std::string_view label, std::string_view value);
  // Further values stand below the first, in its column; "<none>" without any.
  void list(int level, std::string_view label, const std::vector<std::string>& values);
  void labels(int level, std::string_view label, const nlohmann::json& map);  // "a=b"
  // "Annotations:", without what `apply` keeps there; long values in lines of their own.
  void annotations(int level, const nlohmann::json& map);
  // A line of cells, the last one without a tab.
  void row(int level, std::initializer_list<std::string_view> cells);
  // Column heads, and dashes below them.
  void heads(int level, std::initializer_list<std::string_view> names);
  std::string text() const;

 private:
  std::string tabbed_;
};

// How a field of the object reads.
enum class Form : uint8_t {
  Plain,      // "" when it isn't there
  IfThere,    // no line when it isn't there
  OrNone,     // "<none>"
  OrUnset,    // "<unset>"
  Flag,       // "True", "False", "<unset>"
  Seconds,    // "30s"; no line when it isn't there
  Time,       // "Sun, 22 Nov 2026 17:00:00 +0000"; no line when it isn't there
  Labels,     // a map, a line each
  Inline,     // a map or label selector in one line: "a=b,c in (d,e)", "<none>"
  Join,       // a list: "a,b"; no line when it is empty
  Bracketed,  // a list as Go prints it: "[a b]"
};

struct Row {
  const char* label;
  const char* path;  // JSON pointer
  Form form = Form::Plain;
};

void write_rows(Writer& w, int level, const nlohmann::json& object, std::initializer_list<Row> rows);

// The value at a JSON pointer, null where there is none.
const nlohmann::json& value_at(const nlohmann::json& object, const char* pointer);
std::string text_of(const nlohmann::json& value);                                     // "" for null, no quotes around strings
std::string text_at(const nlohmann::json& object, const char* pointer, const char* otherwise = "");
std::string bracketed(const nlohmann::json& list);                                    // "[a b]"
std::string joined(const nlohmann::json& list, std::string_view between);
std::string selector_text(const nlohmann::json& selector);                            // metav1.FormatLabelSelector
std::string controller_of(const nlohmann::json& object);                              // "ReplicaSet/web-5d4f", or ""

std::string time_1123(const std::string& rfc3339);                                    // "<unset>" where it is no time
std::string since(const nlohmann::json& rfc3339, WallTime now);                       // "5m", "<unknown>"

}  // namespace orrery::kubectl
