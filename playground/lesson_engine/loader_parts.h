// Parts that occur in many places of a lesson: texts, selectors, predicates, values. Private to the loader.
#pragma once

#include <string>
#include <vector>

#include "playground/lesson_engine/lesson.h"
#include "playground/lesson_engine/yaml_json.h"

namespace orrery::lesson {

// Throws nlohmann's exceptions where a field is missing or of another type; says a Problem where a text inside a field
// (a path, a comparison, a duration) can't be read.
class PartReader {
 public:
  PartReader(const std::string& file, const YamlFile& yaml, std::vector<Problem>& problems)
      : file_(file), yaml_(yaml), problems_(problems) {}

  static Text text(const Json& json) { return {json.at("en"), json.at("ko")}; }
  static std::vector<std::string> texts(const Json& json, const char* name);

  Predicate predicate(const Json& json, const std::string& path);
  Selector selector(const Json& json, const std::string& path);
  Value value(const Json& json, const std::string& path);
  std::int64_t duration(const Json& json, const std::string& path);
  std::size_t atoms() const { return atoms_; }

  // Calls `read(item, path of the item)` for each item of the list `name`, if there is one.
  template <class Read>
  static void each(const Json& json, const char* name, const std::string& path, Read read) {
    const auto list = json.find(name);
    if (list == json.end()) return;
    const std::string at = path.empty() ? name : path + "." + name;
    for (std::size_t i = 0; i < list->size(); ++i) read((*list)[i], at + "[" + std::to_string(i) + "]");
  }

 private:
  void say(const std::string& path, const std::string& message);
  std::vector<Comparison> where(const Json& json, const char* name, const std::string& path);
  Selector event(const Json& json);

  const std::string& file_;
  const YamlFile& yaml_;
  std::vector<Problem>& problems_;
  std::size_t atoms_ = 0;
};

}  // namespace orrery::lesson
