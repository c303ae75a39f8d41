// HorizontalPodAutoscaler of autoscaling/v1 and autoscaling/v2. v1 knows one metric, the CPU's utilization; all else stands in
// annotations, as JSON, so nothing is lost on the way there and back.
// Source: pkg/apis/autoscaling/v1/conversion.go, pkg/apis/autoscaling/annotations.go
#pragma once

#include "core/api/object.h"

namespace orrery::apiserver {

// REQUIRES: one is of v1, the other of v2.
// `from` is not changed.
void convert_autoscaler(api::MutableObject& from, api::MutableObject& to);

}  // namespace orrery::apiserver
