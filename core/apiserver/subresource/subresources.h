// What stands below an object: /status, /scale, /log, ...
#pragma once

#include <string_view>
#include <vector>

#include "core/api/kinds.h"

namespace orrery::apiserver {

struct Subresource {
  std::string_view name;
  std::string_view group, version, kind;  // of what it takes and answers
  std::string_view verbs;
};
std::vector<Subresource> subresources_of(const api::KindInfo& kind);

}  // namespace orrery::apiserver
