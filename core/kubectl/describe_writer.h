// Lines of `kubectl describe`: "Name:   value" with the values of a block in one column.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace orrery::kubectl {

class Writer {
 public:
  void line(int indent, std::string_view name, std::string_view value);
  // Further values stand below the first, in its column.
  void list(int indent, std::string_view name, const std::vector<std::string>& values);
  void map(int indent, std::string_view name, const nlohmann::json& map, std::string_view between);
  void table(int indent, const std::vector<std::vector<std::string>>& rows);
  void raw(std::string_view text);
  // Aligned at the end: a column per run of lines of one indent.
  std::string text();

 private:
  struct Line {
    int indent = -1;   // -1: raw
    std::string name, value;
  };
  std::vector<Line> lines_;
};

std::string time_1123(const std::string& rfc3339);  // "Sun, 22 Nov 2026 17:00:00 +0000"
std::string age_of(const nlohmann::json& object, WallTime now);
// Annotations without last-applied-configuration.
nlohmann::json shown_annotations(const nlohmann::json& object);

}  // namespace orrery::kubectl
