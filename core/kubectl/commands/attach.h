// What attaches to a container's own process. Internal to core/kubectl/commands.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/kubectl/commands/commands.h"

namespace orrery::kubectl {

// The pod that "web-1", "pod/web-1", "deploy/web" or -l mean; objects that own pods give their pods, running ones first.
Step find_pods(Context& c, const std::vector<std::string>& words, std::vector<nlohmann::json>& pods);
// Reads and, with -i, writes the container's streams until they end.
Step attach_to(Context& c, const nlohmann::json& pod, const std::string& container);
// `run` of that pod with -i, -t or --attach: creates it, attaches when it is ready, with --rm deletes it afterwards. Ends
// with the exit code of a pod that isn't restarted.
Step run_attached(Context& c, const nlohmann::json& pod);

}  // namespace orrery::kubectl
