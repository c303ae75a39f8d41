// kubectl describe: one object in full, for people (kubectl pkg/describe/describe.go).
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/api/kinds.h"
#include "core/base/time.h"

namespace orrery::kubectl {

// A list that a description needs beside the object itself.
struct Need {
  const char* key;   // in DescribeInputs::lists
  std::string path;  // of the API, with its query
};
std::vector<Need> needs_of(const api::KindInfo& kind, const nlohmann::json& object);

struct DescribeInputs {
  const nlohmann::json& object;
  const api::KindInfo& kind;
  const nlohmann::json* events = nullptr;               // list of Events about it; null: none are printed
  const std::map<std::string, nlohmann::json>& lists;   // items by Need::key, without what the server refused
  WallTime now;
};

std::string describe(const DescribeInputs& in);
// "Pod Template:" with its containers, as `rollout history --revision` prints too.
std::string describe_pod_template(const nlohmann::json& pod_template);

// When an event was last seen; unset where it says nothing.
WallTime event_time(const nlohmann::json& event);
// "5s", or "10s (x3 over 2m)"
std::string event_age(const nlohmann::json& event, WallTime now);

}  // namespace orrery::kubectl
