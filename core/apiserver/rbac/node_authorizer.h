// What a kubelet may do: its own node and pods, and what those pods name. Source: plugin/pkg/auth/authorizer/node
#pragma once

#include <string_view>

#include "core/apiserver/registry/registry.h"
#include "core/apiserver/request_info.h"
#include "core/ports/api.h"

namespace orrery::apiserver {

constexpr std::string_view kNodeUser = "system:node:";  // and the node's name

// "node-1" of the user "system:node:node-1" in the group system:nodes, else "". As long as `who`.
std::string_view node_of(const ports::Identity& who);
// Empty: it may. Else why not, as Kubernetes says it after "... in the namespace "default": ".
std::string node_refusal(const Registry& registry, std::string_view node, const RequestInfo& request);

}  // namespace orrery::apiserver
