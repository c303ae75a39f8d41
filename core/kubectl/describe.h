// kubectl describe: one object in full, for people (kubectl pkg/describe).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/api/kinds.h"
#include "core/base/time.h"

namespace orrery::kubectl {

struct DescribeInputs {
  const nlohmann::json& object;
  const api::KindInfo& kind;
  const nlohmann::json* events = nullptr;   // list of Events about it, or null
  const nlohmann::json* related = nullptr;  // Node: its pods; Deployment: its ReplicaSets; Service: its EndpointSlices
  WallTime now;
};

std::string describe(const DescribeInputs& in);
// "Pod Template:" with its containers, as `rollout history --revision` prints too.
std::string describe_pod_template(const nlohmann::json& pod_template);

WallTime event_time(const nlohmann::json& event);
// "5s", or "10s (x3 over 2m)"
std::string event_age(const nlohmann::json& event, WallTime now);

}  // namespace orrery::kubectl
