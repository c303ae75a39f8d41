// Manifests that a plan applies, drawn from a random stream.
#pragma once

#include "core/base/rng.h"
#include "core/base/str.h"

namespace orrery::sim {

// A named workload with its Service or budget where one fits. `kind`: "deployment", "statefulset", "daemonset", "job",
// "cronjob".
std::string draw_workload(Rng& rng, std::string_view kind, const std::string& name);
// A namespace of its own with a ResourceQuota, and a Deployment that asks for more than it allows.
std::string draw_quota(Rng& rng, const std::string& ns);

}  // namespace orrery::sim
