#include "runtime_sim/swarm/manifests.h"

#include "core/base/text.h"

namespace orrery::sim {
namespace {

bool one_in(Rng& rng, uint64_t n) { return rng.below(n) == 0; }
int64_t between(Rng& rng, int64_t low, int64_t high) { return low + static_cast<int64_t>(rng.below(static_cast<uint64_t>(high - low + 1))); }

std::string indent(std::string_view text, int by) {
  std::string out;
  for (const std::string& line : split(text, '\n'))
    if (!line.empty()) out += std::string(static_cast<size_t>(by), ' ') + line + "\n";
  return out;
}

// The first look is late enough for a server that takes its time to start: a probe that kills after one refusal would
// rightly never let it come up.
std::string probe(Rng& rng) {
  int64_t period = between(rng, 1, 10), failures = between(rng, 1, 4);
  return cat("httpGet: {path: /healthz, port: 8080}\ninitialDelaySeconds: 5\nperiodSeconds: ", period, "\nfailureThreshold: ", failures, "\n");
}

// A container of the small web server.
std::string web_container(Rng& rng) {
  std::string out = cat("- name: web\n  image: orrery/web:", between(rng, 1, 3), "\n  ports: [{containerPort: 8080}]\n");
  out += "  resources:\n    requests: {cpu: 50m, memory: 32Mi}\n    limits: {memory: 64Mi}\n";
  if (one_in(rng, 2)) out += "  readinessProbe:\n" + indent(probe(rng), 4);
  if (one_in(rng, 3)) out += "  livenessProbe:\n" + indent(probe(rng), 4);
  if (one_in(rng, 4)) out += "  startupProbe:\n" + indent(probe(rng), 4);
  if (one_in(rng, 4)) out += "  lifecycle:\n    preStop: {sleep: {seconds: 2}}\n";
  return out;
}

std::string web_pod(Rng& rng, const std::string& name) {
  std::string out = cat("metadata:\n  labels: {app: ", name, "}\nspec:\n");
  if (one_in(rng, 3)) out += cat("  terminationGracePeriodSeconds: ", between(rng, 0, 30), "\n");
  if (one_in(rng, 3))
    out += cat("  topologySpreadConstraints:\n  - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: ", name, "}}}\n");
  if (one_in(rng, 4)) out += "  initContainers:\n  - {name: first, image: busybox, command: [sh, -c, sleep 1]}\n";
  out += "  containers:\n" + indent(web_container(rng), 2);
  if (one_in(rng, 4)) out += "  - {name: side, image: busybox, command: [sh, -c, 'while true; do sleep 30; done']}\n";
  return out;
}

std::string head(std::string_view version, std::string_view kind, const std::string& name) {
  return cat("---\napiVersion: ", version, "\nkind: ", kind, "\nmetadata: {name: ", name, "}\n");
}

std::string selector(const std::string& name) { return cat("  selector: {matchLabels: {app: ", name, "}}\n"); }

std::string service(Rng& rng, const std::string& name, bool headless) {
  std::string out = head("v1", "Service", name) + cat("spec:\n  selector: {app: ", name, "}\n  ports: [{port: 80, targetPort: 8080}]\n");
  if (headless) out += "  clusterIP: None\n";
  if (!headless && one_in(rng, 4)) out += "  type: NodePort\n";
  return out;
}

std::string deployment(Rng& rng, const std::string& name) {
  std::string out = head("apps/v1", "Deployment", name) + "spec:\n" + selector(name);
  int64_t replicas = between(rng, 0, 6), history = between(rng, 0, 5);
  out += cat("  replicas: ", replicas, "\n  revisionHistoryLimit: ", history, "\n");
  if (one_in(rng, 3)) out += cat("  minReadySeconds: ", between(rng, 1, 10), "\n");
  if (one_in(rng, 4)) {
    out += "  strategy: {type: Recreate}\n";
  } else if (one_in(rng, 2)) {
    int64_t surge = between(rng, 0, 2), unavailable = surge == 0 ? between(rng, 1, 2) : between(rng, 0, 2);
    out += cat("  strategy: {rollingUpdate: {maxSurge: ", surge, ", maxUnavailable: ", unavailable, "}}\n");
  }
  out += "  template:\n" + indent(web_pod(rng, name), 4);
  if (!one_in(rng, 4)) out += service(rng, name, false);
  if (one_in(rng, 4))
    out += head("autoscaling/v2", "HorizontalPodAutoscaler", name) +
           cat("spec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ", name, "}\n  minReplicas: 2\n  maxReplicas: 5\n",
               "  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]\n");
  if (one_in(rng, 3)) out += head("policy/v1", "PodDisruptionBudget", name) + "spec:\n" + selector(name) + "  minAvailable: 1\n";
  return out;
}

std::string stateful_set(Rng& rng, const std::string& name) {
  std::string out = head("apps/v1", "StatefulSet", name) + "spec:\n" + selector(name) + cat("  serviceName: ", name, "\n");
  out += cat("  replicas: ", between(rng, 0, 4), "\n");
  if (one_in(rng, 2)) out += "  podManagementPolicy: Parallel\n";
  if (one_in(rng, 3)) out += cat("  updateStrategy: {rollingUpdate: {partition: ", between(rng, 0, 2), "}}\n");
  if (one_in(rng, 3)) {
    const bool deleted = one_in(rng, 2), scaled = one_in(rng, 2), once = one_in(rng, 3);
    out += cat("  persistentVolumeClaimRetentionPolicy: {whenDeleted: ", deleted ? "Delete" : "Retain", ", whenScaled: ", scaled ? "Delete" : "Retain", "}\n");
    out += cat("  volumeClaimTemplates:\n  - metadata: {name: data}\n    spec: {accessModes: [", once ? "ReadWriteOncePod" : "ReadWriteOnce",
               "], resources: {requests: {storage: 1Gi}}}\n");
  }
  out += "  template:\n" + indent(web_pod(rng, name), 4);
  return out + service(rng, name, true);
}

std::string daemon_set(Rng& rng, const std::string& name) {
  std::string out = head("apps/v1", "DaemonSet", name) + "spec:\n" + selector(name);
  if (one_in(rng, 3)) out += "  updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}\n";
  return out + "  template:\n" + indent(web_pod(rng, name), 4);
}

// The inside of a Job's spec.
std::string job_spec(Rng& rng, const std::string& name) {
  int64_t completions = between(rng, 1, 4), parallelism = between(rng, 1, 3), backoff = between(rng, 0, 3);
  std::string out = cat("completions: ", completions, "\nparallelism: ", parallelism, "\nbackoffLimit: ", backoff, "\n");
  if (one_in(rng, 3)) out += "completionMode: Indexed\n";
  if (one_in(rng, 4)) out += cat("activeDeadlineSeconds: ", between(rng, 20, 120), "\n");
  if (one_in(rng, 4)) out += "ttlSecondsAfterFinished: 20\n";
  bool fails = one_in(rng, 4), never = one_in(rng, 2);
  out += cat("template:\n  metadata:\n    labels: {app: ", name, "}\n  spec:\n    restartPolicy: ", never ? "Never" : "OnFailure", "\n");
  out += cat("    containers:\n    - {name: work, image: busybox, command: [sh, -c, 'sleep ", between(rng, 1, 20), fails ? "; exit 1" : "", "']}\n");
  return out;
}

}  // namespace

std::string draw_workload(Rng& rng, std::string_view kind, const std::string& name) {
  if (kind == "deployment") return deployment(rng, name);
  if (kind == "statefulset") return stateful_set(rng, name);
  if (kind == "daemonset") return daemon_set(rng, name);
  if (kind == "job") return head("batch/v1", "Job", name) + "spec:\n" + indent(job_spec(rng, name), 2);
  std::string out = head("batch/v1", "CronJob", name);
  const char* policies[] = {"Allow", "Forbid", "Replace"};
  int64_t every = between(rng, 1, 2), policy = between(rng, 0, 2);
  out += cat("spec:\n  schedule: '*/", every, " * * * *'\n  concurrencyPolicy: ", policies[policy], "\n");
  return out + "  jobTemplate:\n    spec:\n" + indent(job_spec(rng, name), 6);
}

std::string draw_quota(Rng& rng, const std::string& ns) {
  std::string out = head("v1", "Namespace", ns);
  int64_t pods = between(rng, 1, 4), replicas = between(rng, 3, 7);
  out += cat("---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: small, namespace: ", ns, "}\nspec:\n  hard: {pods: ", pods,
             ", count/configmaps: 2}\n");
  out += cat("---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: greedy, namespace: ", ns, "}\nspec:\n", selector("greedy"), "  replicas: ", replicas, "\n");
  return out + "  template:\n" + indent(web_pod(rng, "greedy"), 4);
}

}  // namespace orrery::sim
