// The strategies that are more than a row of flags.
#pragma once

#include <vector>

#include "core/apiserver/registry/strategy.h"

namespace orrery::apiserver {

// A kind's row with nothing set yet.
template <class T>
Strategy row() {
  Strategy s;
  s.type = &api::desc<T>();
  return s;
}

std::vector<Strategy> core_strategies();  // core/v1
Strategy pod_strategy();
Strategy service_strategy();
Strategy job_strategy();
Strategy certificate_strategy();
Strategy definition_strategy();  // CustomResourceDefinition

}  // namespace orrery::apiserver
