// Decisions: what RBAC said of a user's kind of request, kept until a role or binding changes. Every call is judged,
// those of controllers too, tens for each pod: without it roles would be gathered anew each time.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "core/apiserver/rbac/rbac.h"

namespace orrery::apiserver {

class Decisions {
 public:
  static constexpr size_t kKeptMax = 4096;
  bool allows(const Registry& registry, const ports::Identity& who, const RequestInfo& request, std::string_view path);

 private:
  uint64_t revision_of_rules(const Registry& registry);
  std::vector<store::TableId> tables_;
  uint64_t revision_ = 0;
  std::unordered_map<std::string, bool> kept_;
};

}  // namespace orrery::apiserver
