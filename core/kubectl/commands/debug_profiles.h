// What `kubectl debug` changes beside the container it adds: one table of profiles. Source: kubectl pkg/cmd/debug/profiles.go
// Internal to core/kubectl/commands.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace orrery::kubectl {

enum class DebugStyle : uint8_t { Ephemeral, Copy, Node };

// Of a copy: what stays of the pod's own. --keep-labels and its like.
struct DebugKeeps {
  bool labels = false, annotations = false, liveness = false, readiness = false, startup = false, init_containers = true;
};

bool is_debug_profile(std::string_view profile);
// Changes `pod`, whose `container` (an element of one of its lists) is the one to debug with. REQUIRES: is_debug_profile(profile)
void apply_debug_profile(std::string_view profile, DebugStyle style, const DebugKeeps& keeps, nlohmann::json& pod, nlohmann::json& container);

}  // namespace orrery::kubectl
