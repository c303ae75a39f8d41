#include "core/controllers/job_policy.h"

#include "core/base/text.h"
#include "core/controllers/job_indexes.h"

namespace orrery::controllers {

using api::batch_v1::Job;
using api::batch_v1::PodFailurePolicyOnExitCodesRequirement;
using api::batch_v1::PodFailurePolicyRule;
using api::core_v1::ContainerStatus;
using api::core_v1::Pod;
using api::core_v1::PodCondition;

namespace {

constexpr Duration kBackoffMin = seconds(10);
constexpr Duration kBackoffMax = seconds(600);

bool exit_code_matches(const PodFailurePolicyOnExitCodesRequirement& rule, int32_t code) {
  if (code == 0) return false;
  bool listed = rule.values.contains(code);
  return rule.operator_ == "In" ? listed : rule.operator_ == "NotIn" && !listed;
}

const ContainerStatus* matching_container(const List<ContainerStatus>& statuses,
                                          const PodFailurePolicyOnExitCodesRequirement& rule) {
  return statuses.find_if([&](const ContainerStatus& s) {
    return s.state.terminated && (!rule.containerName || *rule.containerName == s.name) &&
           exit_code_matches(rule, s.state.terminated->exitCode);
  });
}

// Why the rule matches the pod, in the words that a failed Job's condition begins with; "" when it does not.
std::string matched(const PodFailurePolicyRule& rule, const Pod& pod) {
  std::string name = cat(pod.metadata.namespace_, "/", pod.metadata.name);
  if (rule.onExitCodes) {
    const ContainerStatus* status = matching_container(pod.status.containerStatuses, *rule.onExitCodes);
    if (!status) status = matching_container(pod.status.initContainerStatuses, *rule.onExitCodes);
    if (!status) return {};
    return cat("Container ", status->name, " for pod ", name, " failed with exit code ",
               status->state.terminated->exitCode);
  }
  const PodCondition* condition = pod.status.conditions.find_if([&](const PodCondition& c) {
    return rule.onPodConditions.find_if([&](const auto& p) { return p.type == c.type && p.status == c.status; });
  });
  return condition ? cat("Pod ", name, " has condition ", condition->type) : std::string();
}

int32_t number_in(const Pod& pod, const char* annotation) {
  int64_t n = 0;
  const Str* text = pod.metadata.annotations.find(annotation);
  return text && parse_int64(*text, n) && n > 0 && n < INT32_MAX ? static_cast<int32_t>(n) : 0;
}

}  // namespace

FailureVerdict judge_failure(const Job& job, const Pod& pod) {
  FailureVerdict verdict;
  if (!job.spec.podFailurePolicy) return verdict;
  int index = 0;
  for (const PodFailurePolicyRule& rule : job.spec.podFailurePolicy->rules) {
    std::string why = matched(rule, pod);
    if (!why.empty()) {
      verdict.counts = !(rule.action == "Ignore");
      verdict.fails_index = rule.action == "FailIndex";
      if (rule.action == "FailJob") verdict.fails_job = cat(why, " matching ", rule.action, " rule at index ", index);
      return verdict;
    }
    ++index;
  }
  return verdict;
}

std::string matched_success_rule(const Job& job, const std::set<int32_t>& succeeded) {
  if (!job.spec.successPolicy || succeeded.empty()) return {};
  int index = 0;
  for (const auto& rule : job.spec.successPolicy->rules) {
    size_t have = succeeded.size(), all = 0;
    if (rule.succeededIndexes) {
      have = 0;
      for (int32_t i : parse_indexes(*rule.succeededIndexes)) {
        if (i >= job.spec.completions.value_or(0)) continue;
        ++all;
        have += succeeded.count(i);
      }
    }
    bool enough = rule.succeededCount && have >= static_cast<size_t>(std::max(0, *rule.succeededCount));
    bool readable = !rule.succeededIndexes || all > 0;
    if (readable && (enough || (all > 0 && have == all))) return cat("Matched rules at index ", index);
    ++index;
  }
  return {};
}

IndexFailures index_failures(const Pod& pod) { return {number_in(pod, kIndexFailures), number_in(pod, kIndexIgnored)}; }

IndexFailures index_failures_after(const Job& job, const Pod& failed) {
  IndexFailures n = index_failures(failed);
  ++(judge_failure(job, failed).counts ? n.counted : n.ignored);
  return n;
}

bool fails_its_index(const Job& job, const Pod& failed) {
  FailureVerdict verdict = judge_failure(job, failed);
  return verdict.fails_index ||
         (verdict.counts && index_failures(failed).counted >= job.spec.backoffLimitPerIndex.value_or(INT32_MAX));
}

Duration backoff_after(int32_t failures_in_a_row) {
  if (failures_in_a_row <= 0) return {};
  Duration wait = kBackoffMin;
  for (int32_t i = 1; i < failures_in_a_row && wait < kBackoffMax; ++i) wait = wait * 2;
  return wait < kBackoffMax ? wait : kBackoffMax;
}

}  // namespace orrery::controllers
