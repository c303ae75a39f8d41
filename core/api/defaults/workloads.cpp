// pkg/apis/{apps,batch}/v1/defaults.go, pkg/apis/autoscaling/{v1,v2}/defaults.go.
#include "core/api/defaults/rules.h"
#include "core/api/gen/apps_v1.h"
#include "core/api/gen/autoscaling_v1.h"
#include "core/api/gen/autoscaling_v2.h"
#include "core/api/gen/batch_v1.h"

namespace orrery::api::defaults {
namespace {

using api::IntOrString;

void deployment(apps_v1::Deployment& d) {
  auto& s = d.spec;
  set_if_unset(s.replicas, 1);
  set_if_empty(s.strategy.type, "RollingUpdate");
  if (s.strategy.type == "RollingUpdate") {
    auto& rolling = s.strategy.rollingUpdate;
    if (!rolling || !rolling->maxUnavailable) rolling.mut().maxUnavailable = IntOrString::of(Str("25%"));
    if (!rolling->maxSurge) rolling.mut().maxSurge = IntOrString::of(Str("25%"));
  }
  set_if_unset(s.revisionHistoryLimit, 10);
  set_if_unset(s.progressDeadlineSeconds, 600);
}

void replica_set(apps_v1::ReplicaSet& r) { set_if_unset(r.spec.replicas, 1); }

void daemon_set(apps_v1::DaemonSet& d) {
  auto& strategy = d.spec.updateStrategy;
  set_if_empty(strategy.type, "RollingUpdate");
  if (strategy.type == "RollingUpdate") {
    auto& rolling = strategy.rollingUpdate;
    if (!rolling || !rolling->maxUnavailable) rolling.mut().maxUnavailable = IntOrString::of(1);
    if (!rolling->maxSurge) rolling.mut().maxSurge = IntOrString::of(0);
  }
  set_if_unset(d.spec.revisionHistoryLimit, 10);
}

void stateful_set(apps_v1::StatefulSet& set) {
  auto& s = set.spec;
  set_if_empty(s.podManagementPolicy, "OrderedReady");
  if (s.updateStrategy.type.empty()) {
    s.updateStrategy.type = "RollingUpdate";
    if (!s.updateStrategy.rollingUpdate) s.updateStrategy.rollingUpdate.mut();
  }
  if (s.updateStrategy.type == "RollingUpdate" && s.updateStrategy.rollingUpdate &&
      !s.updateStrategy.rollingUpdate->partition)
    s.updateStrategy.rollingUpdate.mut().partition = 0;
  auto& retention = s.persistentVolumeClaimRetentionPolicy;
  if (!retention || retention->whenDeleted.empty()) retention.mut().whenDeleted = "Retain";
  if (retention->whenScaled.empty()) retention.mut().whenScaled = "Retain";
  set_if_unset(s.replicas, 1);
  set_if_unset(s.revisionHistoryLimit, 10);
}

void job(batch_v1::Job& j) {
  auto& s = j.spec;
  if (!s.completions && !s.parallelism) s.completions = 1;
  set_if_unset(s.parallelism, 1);
  set_if_unset(s.backoffLimit, s.backoffLimitPerIndex ? INT32_MAX : 6);
  if (j.metadata.labels.empty()) j.metadata.labels = s.template_.metadata.labels;
  set_if_unset(s.completionMode, "NonIndexed");
  set_if_unset(s.suspend, false);
  set_if_unset(s.podReplacementPolicy, s.podFailurePolicy ? "Failed" : "TerminatingOrFailed");
  set_if_unset(s.manualSelector, false);
}

void failure_policy_rule(batch_v1::PodFailurePolicyOnPodConditionsPattern& p) { set_if_empty(p.status, "True"); }

void cron_job(batch_v1::CronJob& c) {
  set_if_empty(c.spec.concurrencyPolicy, "Allow");
  set_if_unset(c.spec.suspend, false);
  set_if_unset(c.spec.successfulJobsHistoryLimit, 3);
  set_if_unset(c.spec.failedJobsHistoryLimit, 1);
}

void autoscaler_v1(autoscaling_v1::HorizontalPodAutoscaler& h) { set_if_unset(h.spec.minReplicas, 1); }

void scaling_rules(Box<autoscaling_v2::HPAScalingRules>& rules, bool up) {
  if (rules && rules->selectPolicy && !rules->policies.empty() && (!up || rules->stabilizationWindowSeconds)) return;
  auto& r = rules.mut();
  set_if_unset(r.selectPolicy, "Max");
  if (up) set_if_unset(r.stabilizationWindowSeconds, 0);
  if (!r.policies.empty()) return;
  auto add = [&](const char* type, int32_t value) {
    autoscaling_v2::HPAScalingPolicy p;
    p.type = type;
    p.value = value;
    p.periodSeconds = 15;
    r.policies.push_back(p);
  };
  if (up) add("Pods", 4);
  add("Percent", 100);
}

void autoscaler_v2(autoscaling_v2::HorizontalPodAutoscaler& h) {
  set_if_unset(h.spec.minReplicas, 1);
  if (h.spec.metrics.empty()) {
    autoscaling_v2::MetricSpec cpu;
    cpu.type = "Resource";
    auto& resource = cpu.resource.mut();
    resource.name = "cpu";
    resource.target.type = "Utilization";
    resource.target.averageUtilization = 80;
    h.spec.metrics.push_back(cpu);
  }
  if (h.spec.behavior) {
    auto& behavior = h.spec.behavior.mut();
    scaling_rules(behavior.scaleUp, true);
    scaling_rules(behavior.scaleDown, false);
  }
}

}  // namespace

void add_workload_rules(std::vector<Rule>& rules) {
  rules.insert(rules.end(), {
      rule<apps_v1::Deployment, deployment>(),
      rule<apps_v1::ReplicaSet, replica_set>(),
      rule<apps_v1::DaemonSet, daemon_set>(),
      rule<apps_v1::StatefulSet, stateful_set>(),
      rule<batch_v1::Job, job>(),
      rule<batch_v1::PodFailurePolicyOnPodConditionsPattern, failure_policy_rule>(),
      rule<batch_v1::CronJob, cron_job>(),
      rule<autoscaling_v1::HorizontalPodAutoscaler, autoscaler_v1>(),
      rule<autoscaling_v2::HorizontalPodAutoscaler, autoscaler_v2>(),
  });
}

}  // namespace orrery::api::defaults
