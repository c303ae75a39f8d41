// The table of service rules of one node, from Services, EndpointSlices and where the node is. Pure.
// Source: pkg/proxy (servicechangetracker, endpointslicecache, topology.go CategorizeEndpoints).
#pragma once

#include <memory>
#include <vector>

#include "core/api/gen/core_v1.h"
#include "core/api/gen/discovery_v1.h"
#include "core/ports/packet_rules.h"

namespace orrery::network {

using ServicePtr = std::shared_ptr<const api::core_v1::Service>;
using SlicePtr = std::shared_ptr<const api::discovery_v1::EndpointSlice>;

// The rules of one service for that node: sorted by port name as in the spec. None for headless and ExternalName ones.
std::vector<ports::ServiceRule> rules_for(const api::core_v1::Service& service, const std::vector<SlicePtr>& slices,
                                          const Str& node);

// The name of the service a slice belongs to; empty when it says none.
Str service_of(const api::discovery_v1::EndpointSlice& slice);

}  // namespace orrery::network
