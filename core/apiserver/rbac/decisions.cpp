#include "core/apiserver/rbac/decisions.h"

namespace orrery::apiserver {

using namespace api::rbac_v1;

uint64_t Decisions::revision_of_rules(const Registry& registry) {
  if (tables_.empty())
    tables_ = {registry.table(api::kind<Role>()), registry.table(api::kind<RoleBinding>()),
               registry.table(api::kind<ClusterRole>()), registry.table(api::kind<ClusterRoleBinding>())};
  uint64_t newest = 0;
  for (store::TableId id : tables_) {
    const store::Table& table = registry.store().at(id);
    newest = std::max(newest, table.history.empty() ? table.compacted : table.history.back()->revision);
  }
  return newest;
}

bool Decisions::allows(const Registry& registry, const ports::Identity& who, const RequestInfo& request,
                       std::string_view path) {
  uint64_t now = revision_of_rules(registry);
  if (now != revision_ || kept_.size() > kKeptMax) kept_.clear();
  revision_ = now;
  std::string key = who.user.str();
  auto add = [&](std::string_view part) {
    key += '\n';
    key += part;
  };
  for (const Str& group : who.groups) add(group);
  add("");
  add(request.verb);
  if (request.is_resource) {
    add(request.group);
    add(request.resource);
    add(request.subresource);
    add(request.ns);
  } else {
    add(path);
  }
  auto kept = kept_.find(key);
  if (kept != kept_.end()) return kept->second;
  // A rule for certain names judges this request alone.
  bool named = false, allowed = false;
  for (const PolicyRule& rule : rules_for(registry, who, request.is_resource ? request.ns : Str())) {
    named |= !rule.resourceNames.empty();
    allowed |= rule_allows(rule, request, path);
  }
  if (!named) kept_.emplace(std::move(key), allowed);
  return allowed;
}

}  // namespace orrery::apiserver
