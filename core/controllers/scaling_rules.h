// How far an autoscaler goes towards the size that metrics propose: its limits, its behavior's policies, and windows of
// time that hold it back. Source: pkg/controller/podautoscaler/horizontal.go (normalizeDesiredReplicas and
// ...WithBehaviors) and the Kubernetes documentation, "Horizontal Pod Autoscaling", "Configurable scaling behavior".
#pragma once

#include <vector>

#include "core/api/gen/autoscaling_v2.h"
#include "core/base/time.h"

namespace orrery::controllers {

// What a controller remembers of one autoscaler. Gone when it crashes, as upstream's.
struct ScalingMemory {
  struct Sample {
    int32_t replicas = 0;  // proposed, or of an event: by how many it changed
    Instant at;
  };
  std::vector<Sample> proposals;  // no older than the longest window
  std::vector<Sample> ups, downs; // no older than the longest policy period
  std::vector<Str> pods;          // that its selector found last
};

struct ScalingStep {
  int32_t current = 0, proposed = 0;
  int32_t min = 1, max = 0;
  Instant now;
};
struct ScalingVerdict {
  int32_t replicas = 0;
  Str able_reason, able_message;  // of the condition AbleToScale
  bool limited = false;           // of the condition ScalingLimited
  Str limited_reason, limited_message;
};
constexpr Duration kDownscaleStabilization = seconds(300);

// Notes the proposal in the memory.
ScalingVerdict normalize(const api::autoscaling_v2::HorizontalPodAutoscaler& hpa, ScalingMemory& memory, const ScalingStep& step);
// Notes that the target was resized.
void note_resize(const api::autoscaling_v2::HorizontalPodAutoscaler& hpa, ScalingMemory& memory, const ScalingStep& step, int32_t replicas);

}  // namespace orrery::controllers
