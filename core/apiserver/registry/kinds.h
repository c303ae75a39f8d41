// The strategies that are more than a row of flags.
#pragma once

#include <vector>

#include "core/apiserver/registry/strategy.h"

namespace orrery::apiserver {

std::vector<Strategy> core_strategies();  // core/v1
Strategy pod_strategy();
Strategy service_strategy();
Strategy job_strategy();
Strategy certificate_strategy();
Strategy definition_strategy();  // CustomResourceDefinition

}  // namespace orrery::apiserver
