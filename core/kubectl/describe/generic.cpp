// Kinds that have no describer of their own, custom ones among them: the object's fields as an indented tree
// (kubectl printUnstructuredContent, smartLabelFor).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/describe/describers.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// "podIPs" -> pod, I, Ps: runs of one case, a capital before small letters going with them (fatih/camelcase).
std::vector<std::string> camel_parts(const std::string& field) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < field.size(); ++i) {
    const bool same = i > 0 && is_upper(field[i]) == is_upper(field[i - 1]) && is_lower(field[i]) == is_lower(field[i - 1]);
    if (same) parts.back() += field[i];
    else parts.emplace_back(1, field[i]);
  }
  for (size_t i = 0; i + 1 < parts.size(); ++i)
    if (is_upper(parts[i].back()) && is_lower(parts[i + 1][0])) {
      parts[i + 1].insert(0, 1, parts[i].back());
      parts[i].pop_back();
    }
  parts.erase(std::remove(parts.begin(), parts.end(), ""), parts.end());
  return parts;
}

std::string label_of(const std::string& field) {
  if (!std::all_of(field.begin(), field.end(), [](char c) { return is_upper(c) || is_lower(c) || c == '-'; })) return field;
  std::vector<std::string> words;
  for (std::string part : camel_parts(field)) {
    const std::string lower = to_lower(part);
    if (lower == "api" || lower == "url" || lower == "uid" || lower == "guid")
      std::transform(part.begin(), part.end(), part.begin(), [](char c) { return is_lower(c) ? static_cast<char>(c - 32) : c; });
    else if (lower == part && is_lower(part[0]))
      part[0] = static_cast<char>(part[0] - 32);
    words.push_back(part);
  }
  return join(words, " ");
}

std::string go_text(const json& value) { return value.is_null() ? "<nil>" : text_of(value); }

void write_tree(Writer& w, int level, const json& object) {
  for (const auto& [key, value] : object.items()) {
    if (!value.is_structured()) {
      w.line(level, label_of(key), go_text(value));
      continue;
    }
    w.put(level, cat(label_of(key), ":"));
    if (value.is_object()) write_tree(w, level + 1, value);
    for (const json& item : value.is_array() ? value : json::array()) {
      if (item.is_object()) write_tree(w, level + 1, item);
      else w.put(level + 1, go_text(item));
    }
  }
}

}  // namespace

void describe_any(Writer& w, const Subject& s) {
  write_rows(w, 0, s.object, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(s.object, "/metadata/annotations"));
  json shown = s.object;
  for (const char* field : {"managedFields", "name", "namespace", "labels", "annotations"}) shown["metadata"].erase(field);
  write_tree(w, 0, shown);
}

}  // namespace orrery::kubectl
