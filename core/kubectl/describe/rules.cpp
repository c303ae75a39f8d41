#include "core/kubectl/describe/rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/kubectl/describe/writer.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

using Words = std::vector<std::string>;

Words words_at(const json& object, const char* pointer) {
  Words out;
  for (const json& word : value_at(object, pointer)) out.push_back(text_of(word));
  return out;
}

std::string in_brackets(const Words& words) { return bracketed(json(words)); }

// A rule of at most one group, resource, name and URL (kubectl pkg/util/rbac).
struct OneRule {
  Words verbs, groups, resources, names, urls;
  // What kubectl sorts by: the words of Go's generated PolicyRule.String().
  std::string key() const {
    return cat("Verbs:", in_brackets(verbs), ",APIGroups:", in_brackets(groups), ",Resources:", in_brackets(resources), ",ResourceNames:", in_brackets(names),
               ",NonResourceURLs:", in_brackets(urls));
  }
};

// BreakdownRule and CompactRules: each resource once, with all of its verbs.
std::vector<OneRule> compacted(const json& rules) {
  std::vector<OneRule> out;
  const auto add = [&out](const OneRule& one) {
    for (OneRule& there : out)
      if (one.urls.empty() && there.urls.empty() && there.groups == one.groups && there.resources == one.resources && there.names == one.names)
        return void(there.verbs.insert(there.verbs.end(), one.verbs.begin(), one.verbs.end()));
    out.push_back(one);
  };
  for (const json& rule : rules) {
    Words names = words_at(rule, "/resourceNames");
    if (names.empty()) names.push_back("");
    for (const std::string& group : words_at(rule, "/apiGroups"))
      for (const std::string& resource : words_at(rule, "/resources"))
        for (const std::string& verb : words_at(rule, "/verbs"))
          for (const std::string& name : names) add({{verb}, {group}, {resource}, name.empty() ? Words{} : Words{name}, {}});
    for (const std::string& url : words_at(rule, "/nonResourceURLs"))
      for (const std::string& verb : words_at(rule, "/verbs")) add({{verb}, {}, {}, {}, {url}});
  }
  std::stable_sort(out.begin(), out.end(), [](const OneRule& a, const OneRule& b) { return a.key() < b.key(); });
  return out;
}

// CombineResourceGroup: "deployments.apps/scale"
std::string resource_text(const OneRule& rule) {
  if (rule.resources.empty()) return "";
  const std::string& resource = rule.resources[0];
  const size_t slash = resource.find('/');
  const std::string group = rule.groups.empty() || rule.groups[0].empty() ? "" : cat(".", rule.groups[0]);
  return cat(resource.substr(0, slash), group, slash == std::string::npos ? "" : resource.substr(slash));
}

}  // namespace

std::vector<RuleRow> rule_rows(const json& rules) {
  std::vector<RuleRow> out;
  for (const OneRule& r : compacted(rules)) out.push_back({resource_text(r), in_brackets(r.urls), in_brackets(r.names), in_brackets(r.verbs)});
  return out;
}

}  // namespace orrery::kubectl
