// The Targets column of autoscalers. Source: printers.go formatHPAMetrics.
#pragma once

#include <string>

#include "core/api/gen/autoscaling_v2.h"

namespace orrery::apiserver {

// "cpu: 12%/80%, memory: 30Mi/50Mi", "<none>"
std::string hpa_metrics_text(const api::autoscaling_v2::HorizontalPodAutoscaler& autoscaler);

}  // namespace orrery::apiserver
