#include "core/api/label_text.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"

namespace orrery::api {

std::string labels_text(const Map<Str>& labels, std::string_view separator) {
  std::string out;
  for (const auto& e : labels) out += cat(out.empty() ? "" : separator, e.key, '=', e.value);
  return out;
}

// Requirements are sorted by key, as labels.Selector keeps them.
std::string selector_text(const meta_v1::LabelSelector& selector) {
  std::vector<std::pair<Str, std::string>> terms;
  for (const auto& e : selector.matchLabels) terms.emplace_back(e.key, cat(e.key, '=', e.value));
  for (const auto& e : selector.matchExpressions) {
    std::vector<std::string> values;
    for (const Str& v : e.values) values.push_back(v.str());
    std::sort(values.begin(), values.end());
    std::string list = cat(" (", join(values, ","), ")");
    if (e.operator_ == "In")
      terms.emplace_back(e.key, cat(e.key, " in", list));
    else if (e.operator_ == "NotIn")
      terms.emplace_back(e.key, cat(e.key, " notin", list));
    else if (e.operator_ == "Exists")
      terms.emplace_back(e.key, e.key.str());
    else
      terms.emplace_back(e.key, cat('!', e.key));
  }
  std::stable_sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string out;
  for (const auto& t : terms) out += cat(out.empty() ? "" : ",", t.second);
  return out;
}

}  // namespace orrery::api
