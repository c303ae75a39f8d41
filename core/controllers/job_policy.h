// What a Job's policies say of a failed pod, of its indexes, and of success before all have completed.
// Source: pkg/controller/job/pod_failure_policy.go, success_policy.go, indexed_job_utils.go.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/api/gen/batch_v1.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

// How many failures of its index went before the pod, those that count and those that a policy ignored.
inline constexpr const char* kIndexFailures = "batch.kubernetes.io/job-index-failure-count";
inline constexpr const char* kIndexIgnored = "batch.kubernetes.io/job-index-ignored-failure-count";

struct FailureVerdict {
  bool counts = true;  // towards backoffLimit and status.failed
  bool fails_index = false;
  std::string fails_job;  // why, in Kubernetes' words; empty: it does not
};
// Of the first rule that matches the failed pod; without one it counts.
FailureVerdict judge_failure(const api::batch_v1::Job& job, const api::core_v1::Pod& pod);

// "Matched rules at index 1" when the succeeded indexes satisfy a rule of spec.successPolicy, else "".
std::string matched_success_rule(const api::batch_v1::Job& job, const std::set<int32_t>& succeeded);

// An index has used up spec.backoffLimitPerIndex, or a rule fails it, with this failed pod.
bool fails_its_index(const api::batch_v1::Job& job, const api::core_v1::Pod& failed);

struct IndexFailures {
  int32_t counted = 0;
  int32_t ignored = 0;
};
IndexFailures index_failures(const api::core_v1::Pod& pod);
// Of the pod that takes the place of `failed`.
IndexFailures index_failures_after(const api::batch_v1::Job& job, const api::core_v1::Pod& failed);

// 10 s, doubled with each failure in a row up to 10 minutes; none without a failure.
Duration backoff_after(int32_t failures_in_a_row);

}  // namespace orrery::controllers
