// The names that cluster DNS answers, from Services and EndpointSlices. Pure.
// Source: Kubernetes DNS-Based Service Discovery, version 1.1.0.
#pragma once

#include <vector>

#include "core/network/service_table.h"

namespace orrery::network {

// The records of one service, lower case, without a final dot.
std::vector<ports::DnsRecord> records_for(const api::core_v1::Service& service, const std::vector<SlicePtr>& slices,
                                          std::string_view domain);

}  // namespace orrery::network
