// Source: printers.go printPod, printPodTemplate.
#include "core/api/gen/core_v1.h"
#include "core/apiserver/printers/printer.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;

bool condition_true(const Pod& pod, std::string_view type) {
  for (const PodCondition& c : pod.status.conditions)
    if (c.type == type) return c.status == "True";
  return false;
}

bool is_sidecar(const Pod& pod, const Str& name) {
  for (const Container& c : pod.spec.initContainers)
    if (c.name == name) return c.restartPolicy && *c.restartPolicy == "Always";
  return false;
}

// What a pod's row says, worked out once.
struct PodRow {
  int restarts = 0, sidecar_restarts = 0, ready = 0, total = 0;
  WallTime last_restart, last_sidecar_restart;
  std::string reason;
  bool initializing = false;

  explicit PodRow(const Pod& pod) {
    total = static_cast<int>(pod.spec.containers.size());
    reason = (pod.status.reason.empty() ? pod.status.phase : pod.status.reason).str();
    for (const PodCondition& c : pod.status.conditions)
      if (c.type == "PodScheduled" && c.reason == "SchedulingGated") reason = "SchedulingGated";
    for (const Container& c : pod.spec.initContainers)
      if (c.restartPolicy && *c.restartPolicy == "Always") ++total;
    init_containers(pod);
    if (!initializing || condition_true(pod, "Initialized")) containers(pod);
    bool over = pod.status.phase == "Succeeded" || pod.status.phase == "Failed";
    if (pod.metadata.deletionTimestamp.is_set() && pod.status.reason == "NodeLost")
      reason = "Unknown";
    else if (pod.metadata.deletionTimestamp.is_set() && !over)
      reason = "Terminating";
  }

  static void later(WallTime& last, const ContainerStatus& s) {
    if (s.lastState.terminated && s.lastState.terminated->finishedAt > last) last = s.lastState.terminated->finishedAt;
  }

  void init_containers(const Pod& pod) {
    uint32_t i = 0;
    for (const ContainerStatus& s : pod.status.initContainerStatuses) {
      bool sidecar = is_sidecar(pod, s.name);
      restarts += s.restartCount;
      later(last_restart, s);
      if (sidecar) {
        sidecar_restarts += s.restartCount;
        later(last_sidecar_restart, s);
      }
      const auto& t = s.state.terminated;
      uint32_t at = i++;
      if (t && t->exitCode == 0) continue;
      if (sidecar && s.started.value_or(false)) {
        if (s.ready) ++ready;
        continue;
      }
      initializing = true;
      if (t)
        reason = !t->reason.empty() ? cat("Init:", t->reason)
                 : t->signal        ? cat("Init:Signal:", t->signal)
                                    : cat("Init:ExitCode:", t->exitCode);
      else if (s.state.waiting && !s.state.waiting->reason.empty() && s.state.waiting->reason != "PodInitializing")
        reason = cat("Init:", s.state.waiting->reason);
      else
        reason = cat("Init:", at, '/', pod.spec.initContainers.size());
      break;
    }
  }

  void containers(const Pod& pod) {
    restarts = sidecar_restarts;
    last_restart = last_sidecar_restart;
    bool running = false;
    const auto& all = pod.status.containerStatuses;
    for (uint32_t i = all.size(); i-- > 0;) {
      const ContainerStatus& s = all[i];
      restarts += s.restartCount;
      later(last_restart, s);
      const auto& t = s.state.terminated;
      if (s.state.waiting && !s.state.waiting->reason.empty())
        reason = s.state.waiting->reason.str();
      else if (t)
        reason = !t->reason.empty() ? t->reason.str()
                 : t->signal        ? cat("Signal:", t->signal)
                                    : cat("ExitCode:", t->exitCode);
      else if (s.ready && s.state.running)
        running = true, ++ready;
    }
    if (reason == "Completed" && running) reason = condition_true(pod, "Ready") ? "Running" : "NotReady";
  }
};

std::string_view or_none(const Str& text) { return text.empty() ? std::string_view("<none>") : text.view(); }

void pod_cells(const Pod& pod, WallTime now, Cells& out) {
  PodRow row(pod);
  out.text(pod.metadata.name);
  out.text(cat(row.ready, '/', row.total));
  out.text(row.reason);
  out.text(row.restarts && row.last_restart.is_set() ? cat(row.restarts, " (", age_text(row.last_restart, now), " ago)")
                                                     : cat(row.restarts));
  out.age(pod.metadata.creationTimestamp, now);
  out.text(or_none(pod.status.podIPs.empty() ? pod.status.podIP : pod.status.podIPs[0].ip));
  out.text(or_none(pod.spec.nodeName));
  out.text(or_none(pod.status.nominatedNodeName));
  if (pod.spec.readinessGates.empty()) return out.text("<none>");
  int open = 0;
  for (const PodReadinessGate& g : pod.spec.readinessGates) open += condition_true(pod, g.conditionType);
  out.text(cat(open, '/', pod.spec.readinessGates.size()));
}

// kubectl hides rows of pods that ended when asked to.
void pod_conditions(const api::ObjectPtr& object, std::string& out) {
  const Str& phase = object.as<Pod>()->status.phase;
  if (phase == "Succeeded")
    out +=
        ",\"conditions\":[{\"type\":\"Completed\",\"status\":\"True\",\"reason\":\"Succeeded\",\"message\":\"The pod "
        "has completed successfully.\"}]";
  else if (phase == "Failed")
    out +=
        ",\"conditions\":[{\"type\":\"Completed\",\"status\":\"True\",\"reason\":\"Failed\",\"message\":\"The pod "
        "failed.\"}]";
}

void template_cells(const PodTemplate& t, WallTime, Cells& out) {
  out.text(t.metadata.name);
  container_cells(t.template_.spec.containers, out);
  out.text(format_labels(t.template_.metadata.labels));
}

}  // namespace

void add_pod_printers(std::vector<Printer>& all) {
  all.push_back(printer<Pod, pod_cells>({kName, text_column("Ready"), text_column("Status"), text_column("Restarts"),
                                         kAge, text_column("IP", 1), text_column("Node", 1),
                                         text_column("Nominated Node", 1), text_column("Readiness Gates", 1)}));
  all.back().conditions = pod_conditions;
  all.push_back(printer<PodTemplate, template_cells>(
      {kName, text_column("Containers"), text_column("Images"), text_column("Pod Labels")}));
}

}  // namespace orrery::apiserver
