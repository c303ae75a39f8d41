#include "core/controllers/label_match.h"

namespace orrery::controllers {

bool has_all(const Map<Str>& selector, const Map<Str>& labels) {
  for (const auto& [key, value] : selector) {
    const Str* have = labels.find(key);
    if (!have || !(*have == value)) return false;
  }
  return true;
}

bool matches(const api::meta_v1::LabelSelector& selector, const Map<Str>& labels) {
  if (!has_all(selector.matchLabels, labels)) return false;
  for (const auto& requirement : selector.matchExpressions) {
    const Str* have = labels.find(requirement.key);
    if (requirement.operator_ == "In") {
      if (!have || !requirement.values.contains(*have)) return false;
    } else if (requirement.operator_ == "NotIn") {
      if (have && requirement.values.contains(*have)) return false;
    } else if (requirement.operator_ == "Exists") {
      if (!have) return false;
    } else if (requirement.operator_ == "DoesNotExist") {
      if (have) return false;
    } else {
      return false;
    }
  }
  return true;
}

bool matches(const Box<api::meta_v1::LabelSelector>& selector, const Map<Str>& labels) {
  return selector && matches(*selector, labels);
}

}  // namespace orrery::controllers
