#include "playground/lesson_engine/yaml_json.h"

#include <yaml-cpp/yaml.h>

namespace orrery::lesson {
namespace {

using nlohmann::json;

constexpr int kDepthMax = 64;

class Reader {
 public:
  Reader(const std::string& file, YamlFile& out, std::vector<Problem>& problems)
      : file_(file), out_(out), problems_(problems) {}

  json read(const YAML::Node& node, const std::string& path, int depth) {
    out_.lines[path] = node.Mark().line + 1;
    if (depth > kDepthMax) {
      problems_.push_back({file_, node.Mark().line + 1, path, "nested too deeply"});
      return json();
    }
    if (node.IsMap()) return read_map(node, path, depth);
    if (node.IsSequence()) {
      json list = json::array();
      for (std::size_t i = 0; i < node.size(); ++i)
        list.push_back(read(node[i], path + "[" + std::to_string(i) + "]", depth + 1));
      return list;
    }
    return node.IsScalar() ? scalar(node) : json();
  }

 private:
  json read_map(const YAML::Node& node, const std::string& path, int depth) {
    json map = json::object();
    for (const auto& entry : node) {
      const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
      const std::string at = path.empty() ? key : path + "." + key;
      const int line = entry.first.Mark().line + 1;
      if (key.empty()) problems_.push_back({file_, line, path, "a key must be a text"});
      if (map.contains(key)) problems_.push_back({file_, line, at, "stands twice"});
      map[key] = read(entry.second, at, depth + 1);
      out_.lines[at] = line;
    }
    return map;
  }

  static json scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!") return text;  // quoted
    if (text.empty() || text == "null" || text == "~") return json();
    if (text == "true" || text == "false") return text == "true";
    if (text.find_first_not_of("+-.0123456789eE") == std::string::npos) {
      const json number = json::parse(text, nullptr, false);
      if (number.is_number()) return number;
    }
    return text;
  }

  const std::string& file_;
  YamlFile& out_;
  std::vector<Problem>& problems_;
};

}  // namespace

int YamlFile::line_of(const std::string& path) const {
  std::string at = path;
  for (;;) {
    const auto it = lines.find(at);
    if (it != lines.end()) return it->second;
    const std::size_t end = at.find_last_of(".[");
    if (end == std::string::npos) return lines.count("") ? lines.at("") : 0;
    at.erase(end);
  }
}

YamlFile read_yaml(const std::string& file, const std::string& text, std::vector<Problem>& problems) {
  YamlFile out;
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() != 1) {
      problems.push_back({file, 0, "", "must hold one YAML document, not " + std::to_string(documents.size())});
      return out;
    }
    out.value = Reader(file, out, problems).read(documents[0], "", 0);
  } catch (const YAML::Exception& e) {
    problems.push_back({file, e.mark.is_null() ? 0 : e.mark.line + 1, "", "not YAML: " + e.msg});
  }
  return out;
}

}  // namespace orrery::lesson
