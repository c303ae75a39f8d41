#include "core/controllers/scaling_rules.h"

#include <algorithm>
#include <limits>

namespace orrery::controllers {

using api::autoscaling_v2::HorizontalPodAutoscaler;
using api::autoscaling_v2::HPAScalingPolicy;
using api::autoscaling_v2::HPAScalingRules;
using Samples = std::vector<ScalingMemory::Sample>;

namespace {

constexpr int32_t kScaleUpFactor = 2, kScaleUpLeast = 4;  // without a behavior

struct Limit {
  int32_t replicas = 0;
  const char* reason = "";
  const char* message = "";
};
constexpr const char* kTooFast = "the desired replica count is increasing faster than the maximum scale rate";
constexpr const char* kTooFastDown = "the desired replica count is decreasing faster than the maximum scale rate";
constexpr const char* kTooMany = "the desired replica count is more than the maximum replica count";
constexpr const char* kTooFew = "the desired replica count is less than the minimum replica count";

void forget_before(Samples& samples, Instant t) {
  samples.erase(std::remove_if(samples.begin(), samples.end(), [&](const auto& s) { return s.at < t; }), samples.end());
}

Duration longest_period(const HPAScalingRules& rules) {
  Duration longest;
  for (const HPAScalingPolicy& policy : rules.policies) longest = std::max(longest, seconds(policy.periodSeconds));
  return longest;
}

int32_t changed_within(const Samples& events, Duration period, Instant now) {
  int32_t sum = 0;
  for (const auto& event : events)
    if (event.at > now - period) sum += event.replicas;
  return sum;
}

int64_t ceil_percent(int64_t n, int64_t percent) { return (n * percent + 99) / 100; }

bool selects(const HPAScalingRules& rules, std::string_view what) { return rules.selectPolicy && *rules.selectPolicy == what; }

// The size that a change may end at, by the policies and what was changed within their periods.
int32_t limit_up(const HPAScalingRules& rules, const Samples& ups, int32_t current, Instant now) {
  if (selects(rules, "Disabled")) return current;
  bool least = selects(rules, "Min");
  int64_t result = least ? std::numeric_limits<int32_t>::max() : 0;
  for (const HPAScalingPolicy& policy : rules.policies) {
    int64_t start = current - changed_within(ups, seconds(policy.periodSeconds), now);
    int64_t allowed = policy.type == "Pods" ? start + policy.value : ceil_percent(start, 100 + policy.value);
    result = least ? std::min(result, allowed) : std::max(result, allowed);
  }
  return static_cast<int32_t>(std::clamp<int64_t>(result, current, std::numeric_limits<int32_t>::max()));
}

int32_t limit_down(const HPAScalingRules& rules, const Samples& downs, int32_t current, Instant now) {
  if (selects(rules, "Disabled")) return current;
  bool least = selects(rules, "Min");
  int64_t result = least ? std::numeric_limits<int32_t>::min() : std::numeric_limits<int32_t>::max();
  for (const HPAScalingPolicy& policy : rules.policies) {
    int64_t start = current + changed_within(downs, seconds(policy.periodSeconds), now);
    int64_t allowed = policy.type == "Pods" ? start - policy.value : start * std::max(0, 100 - policy.value) / 100;
    result = least ? std::max(result, allowed) : std::min(result, allowed);
  }
  return static_cast<int32_t>(std::min<int64_t>(result, current));
}

Limit convert(const ScalingStep& step, int32_t wanted, int32_t up_to, int32_t down_to) {
  Limit most{step.max, "TooManyReplicas", kTooMany}, least{step.min, "TooFewReplicas", kTooFew};
  if (step.max > up_to) most = {up_to, "ScaleUpLimit", kTooFast};
  if (step.min < down_to) least = {down_to, "ScaleDownLimit", kTooFastDown};
  if (wanted > most.replicas) return most;
  if (wanted < least.replicas) return least;
  return {wanted, "DesiredWithinRange", "the desired count is within the acceptable range"};
}

struct Windows {
  Duration up, down;
};

Windows windows_of(const HorizontalPodAutoscaler& hpa) {
  Windows out{{}, kDownscaleStabilization};
  if (!hpa.spec.behavior) return out;
  const auto& behavior = *hpa.spec.behavior;
  if (behavior.scaleUp && behavior.scaleUp->stabilizationWindowSeconds) out.up = seconds(*behavior.scaleUp->stabilizationWindowSeconds);
  if (behavior.scaleDown && behavior.scaleDown->stabilizationWindowSeconds)
    out.down = seconds(*behavior.scaleDown->stabilizationWindowSeconds);
  return out;
}

// With a behavior the size stays between the least proposal of the window upwards and the greatest of the one downwards
// (stabilizeRecommendationWithBehaviors): what was proposed before never makes it grow. Without one the greatest proposal
// counts (stabilizeRecommendation).
int32_t stabilize(const HorizontalPodAutoscaler& hpa, ScalingMemory& memory, const ScalingStep& step) {
  const Windows windows = windows_of(hpa);
  int32_t least = step.proposed, most = step.proposed;
  for (const auto& proposal : memory.proposals) {
    if (proposal.at > step.now - windows.up) least = std::min(least, proposal.replicas);
    if (proposal.at > step.now - windows.down) most = std::max(most, proposal.replicas);
  }
  forget_before(memory.proposals, step.now - std::max(windows.up, windows.down));
  memory.proposals.push_back({step.proposed, step.now});
  return hpa.spec.behavior ? std::min(std::max(step.current, least), most) : most;
}

}  // namespace

ScalingVerdict normalize(const HorizontalPodAutoscaler& hpa, ScalingMemory& memory, const ScalingStep& step) {
  int32_t wanted = stabilize(hpa, memory, step);
  ScalingVerdict out;
  if (wanted == step.proposed) {
    out.able_reason = "ReadyForNewScale";
    out.able_message = "recommended size matches current size";
  } else if (hpa.spec.behavior && step.proposed >= step.current) {
    out.able_reason = "ScaleUpStabilized";
    out.able_message = "recent recommendations were lower than current one, applying the lowest recent recommendation";
  } else {
    out.able_reason = "ScaleDownStabilized";
    out.able_message = "recent recommendations were higher than current one, applying the highest recent recommendation";
  }
  int32_t up_to = std::max(kScaleUpFactor * step.current, kScaleUpLeast), down_to = 0;
  if (hpa.spec.behavior) {
    const auto& behavior = *hpa.spec.behavior;
    up_to = behavior.scaleUp ? limit_up(*behavior.scaleUp, memory.ups, step.current, step.now) : step.max;
    down_to = behavior.scaleDown ? limit_down(*behavior.scaleDown, memory.downs, step.current, step.now) : 0;
  }
  Limit limit = convert(step, wanted, up_to, down_to);
  out.replicas = limit.replicas;
  out.limited = limit.replicas != wanted;
  out.limited_reason = limit.reason;
  out.limited_message = limit.message;
  return out;
}

void note_resize(const HorizontalPodAutoscaler& hpa, ScalingMemory& memory, const ScalingStep& step, int32_t replicas) {
  if (!hpa.spec.behavior) return;
  bool up = replicas > step.current;
  Samples& events = up ? memory.ups : memory.downs;
  const auto& rules = up ? hpa.spec.behavior->scaleUp : hpa.spec.behavior->scaleDown;
  if (rules) forget_before(events, step.now - longest_period(*rules));
  events.push_back({up ? replicas - step.current : step.current - replicas, step.now});
}

}  // namespace orrery::controllers
