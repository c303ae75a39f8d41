#include "playground/lesson_engine/predicate.h"

#include <algorithm>

namespace orrery::lesson {
namespace {

const std::string& text_at(const Json& object, const char* member) {
  static const std::string kEmpty;
  if (!object.is_object()) return kEmpty;
  const auto it = object.find(member);
  return it != object.end() && it->is_string() ? it->get_ref<const std::string&>() : kEmpty;
}

bool name_fits(const std::string& pattern, const std::string& name) {
  if (pattern.empty()) return true;
  if (pattern.back() != '*') return pattern == name;
  return name.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
}

}  // namespace

bool selects(const Selector& selector, const Json& object) {
  if (!object.is_object()) return false;
  const auto meta = object.find("metadata");
  if (meta == object.end()) return false;
  if (!selector.ns.empty() && text_at(*meta, "namespace") != selector.ns) return false;
  if (!name_fits(selector.name, text_at(*meta, "name"))) return false;
  if (selector.labels.empty()) return true;
  const auto labels = meta->find("labels");
  if (labels == meta->end()) return false;
  for (const auto& label : selector.labels) {
    const auto it = labels->find(label.first);
    if (it == labels->end() || *it != label.second) return false;
  }
  return true;
}

bool matches(const Selector& selector, const Json& object) {
  if (!selects(selector, object)) return false;
  return std::all_of(selector.where.begin(), selector.where.end(),
                     [&](const Comparison& c) { return holds(object, c); });
}

void add_kinds(const Predicate& predicate, std::vector<std::string>& kinds) {
  for (const Predicate& child : predicate.children) add_kinds(child, kinds);
  const std::string& kind = predicate.selector.kind;
  if (!kind.empty() && std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
}

}  // namespace orrery::lesson
