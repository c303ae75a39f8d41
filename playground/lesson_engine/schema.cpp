#include "playground/lesson_engine/schema.h"

#include <algorithm>
#include <regex>

namespace orrery::lesson {
namespace {

using nlohmann::json;

class Checker {
 public:
  Checker(const std::string& file, const YamlFile& yaml, const json& root, std::vector<Problem>& problems)
      : file_(file), yaml_(yaml), root_(root), problems_(problems) {}

  void check(const json& value, const json& schema_or_ref, const std::string& path) {
    const json& schema = resolve(schema_or_ref);
    if (!check_type(value, schema, path)) return;
    check_scalar(value, schema, path);
    if (value.is_object()) check_object(value, schema, path);
    if (value.is_array()) check_array(value, schema, path);
    check_one_of(value, schema, path);
  }

 private:
  // "#/$defs/step" only; the schema is part of this repository.
  const json& resolve(const json& schema) const {
    const auto ref = schema.find("$ref");
    if (ref == schema.end()) return schema;
    return root_.at(json::json_pointer(ref->get<std::string>().substr(1)));
  }

  void say(const std::string& path, const std::string& message) {
    problems_.push_back({file_, yaml_.line_of(path), path, message});
  }

  bool check_type(const json& value, const json& schema, const std::string& path) {
    const std::string type = schema.value("type", std::string());
    const bool fits = type.empty() || (type == "object" && value.is_object()) ||
                      (type == "array" && value.is_array()) || (type == "string" && value.is_string()) ||
                      (type == "boolean" && value.is_boolean()) || (type == "integer" && value.is_number_integer()) ||
                      (type == "number" && value.is_number());
    if (!fits) {
      static const std::map<std::string, std::string> kWords = {
          {"object", "a map"},          {"array", "a list"},           {"string", "a text"},
          {"boolean", "true or false"}, {"integer", "a whole number"}, {"number", "a number"}};
      say(path, "must be " + kWords.at(type));
    }
    return fits;
  }

  void check_scalar(const json& value, const json& schema, const std::string& path) {
    const auto constant = schema.find("const");
    if (constant != schema.end() && *constant != value) say(path, "must be " + constant->dump());
    const auto choices = schema.find("enum");
    if (choices != schema.end() && std::find(choices->begin(), choices->end(), value) == choices->end())
      say(path, "must be one of " + choices->dump() + ", not " + value.dump());
    if (value.is_string() && schema.contains("pattern")) {
      const std::string pattern = schema["pattern"];
      if (!std::regex_search(value.get<std::string>(), std::regex(pattern)))
        say(path, "'" + value.get<std::string>() + "' does not fit " + pattern);
    }
    if (!value.is_number()) return;
    if (schema.contains("minimum") && value < schema["minimum"])
      say(path, "must be at least " + schema["minimum"].dump());
    if (schema.contains("maximum") && value > schema["maximum"])
      say(path, "must be at most " + schema["maximum"].dump());
  }

  void check_object(const json& value, const json& schema, const std::string& path) {
    if (schema.contains("required"))
      for (const json& name : schema["required"])
        if (!value.contains(name.get<std::string>())) say(path, "'" + name.get<std::string>() + "' is missing");
    const json properties = schema.value("properties", json::object());
    const json others = schema.value("additionalProperties", json(true));
    for (const auto& entry : value.items()) {
      const std::string at = path.empty() ? entry.key() : path + "." + entry.key();
      const auto known = properties.find(entry.key());
      if (known != properties.end()) {
        check(entry.value(), *known, at);
      } else if (others.is_object()) {
        check(entry.value(), others, at);
      } else if (others == false) {
        say(at, "unknown field");
      }
    }
  }

  void check_array(const json& value, const json& schema, const std::string& path) {
    if (schema.contains("minItems") && value.size() < schema["minItems"].get<std::size_t>())
      say(path, "needs at least " + schema["minItems"].dump() + " items");
    if (!schema.contains("items")) return;
    for (std::size_t i = 0; i < value.size(); ++i)
      check(value[i], schema["items"], path + "[" + std::to_string(i) + "]");
  }

  // The schema uses oneOf only as "exactly one of these fields".
  void check_one_of(const json& value, const json& schema, const std::string& path) {
    const auto branches = schema.find("oneOf");
    if (branches == schema.end()) return;
    std::string names;
    int found = 0;
    for (const json& branch : *branches) {
      const std::string name = branch.at("required").at(0);
      names += (names.empty() ? "" : ", ") + name;
      found += value.contains(name);
    }
    if (found != 1) say(path, "needs exactly one of: " + names);
  }

  const std::string& file_;
  const YamlFile& yaml_;
  const json& root_;
  std::vector<Problem>& problems_;
};

}  // namespace

void check_schema(const std::string& file, const YamlFile& yaml, const json& schema, std::vector<Problem>& problems) {
  Checker(file, yaml, schema, problems).check(yaml.value, schema, "");
}

}  // namespace orrery::lesson
