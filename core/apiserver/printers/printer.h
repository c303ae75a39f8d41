// One kind's columns and how its cells are made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api/object.h"

namespace orrery::apiserver {

struct Column {
  std::string_view name;
  std::string_view type;    // "string", "integer", "boolean", "date"
  std::string_view format;  // "name" for the name
  int priority;             // 1: only with -o wide
};

// Writes a row's cells as JSON.
class Cells {
 public:
  explicit Cells(std::string& out) : out_(out) {}
  void text(std::string_view t);
  void number(int64_t n);
  void boolean(bool b);
  void age(WallTime since, WallTime now);

 private:
  void comma();
  std::string& out_;
  bool first_ = true;
};

struct Printer {
  const api::TypeDesc* type = nullptr;
  std::vector<Column> columns;
  void (*cells)(const api::ObjectPtr& object, WallTime now, Cells& out) = nullptr;
  void (*conditions)(const api::ObjectPtr& object, std::string& out) = nullptr;
};

std::string age_text(WallTime since, WallTime now);  // "3m20s", "<unknown>"
Printer default_printer();                           // Name, Age

}  // namespace orrery::apiserver
