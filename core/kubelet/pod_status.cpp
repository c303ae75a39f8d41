#include "core/kubelet/pod_status.h"

#include "core/base/text.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;

const ports::ContainerStatus* newest(const ports::PodStatus& observed, std::string_view name,
                                     const ports::ContainerStatus** older) {
  const ports::ContainerStatus* first = nullptr;
  const ports::ContainerStatus* second = nullptr;
  for (const ports::ContainerStatus& c : observed.containers) {
    if (c.name != name) continue;
    if (!first || c.attempt > first->attempt) {
      second = first;
      first = &c;
    } else if (!second || c.attempt > second->attempt) {
      second = &c;
    }
  }
  if (older) *older = second;
  return first;
}

bool is_sidecar(const v1::Container& c) { return c.restartPolicy && *c.restartPolicy == "Always"; }

std::string_view restart_policy_of(const v1::Pod& pod, const v1::Container& c, bool init) {
  if (init && is_sidecar(c)) return "Always";
  if (c.restartPolicy && !c.restartPolicy->empty()) return *c.restartPolicy;
  if (init && pod.spec.restartPolicy != "Never") return "OnFailure";
  return pod.spec.restartPolicy.empty() ? std::string_view("Always") : pod.spec.restartPolicy.view();
}

bool ended_for_good(const v1::Pod& pod, const v1::Container& c, bool init, const ports::ContainerStatus* status) {
  if (!status || status->state != ports::ContainerState::Exited) return false;
  std::string_view policy = restart_policy_of(pod, c, init);
  return policy == "Never" || (policy == "OnFailure" && status->exit_code == 0);
}

bool still_running(const PodState& state) {
  for (const ports::ContainerStatus& c : state.observed.containers)
    if (c.state == ports::ContainerState::Running) return true;
  return false;
}

bool initialized(const PodState& state) {
  for (const v1::Container& c : state.pod->spec.initContainers) {
    const ports::ContainerStatus* s = newest(state.observed, c.name);
    if (!s) return false;
    if (is_sidecar(c)) {
      auto it = state.containers.find(c.name);
      bool started = it != state.containers.end() && it->second.started && it->second.current_id == s->id;
      if (s->state == ports::ContainerState::Running && !started) return false;
      if (s->state == ports::ContainerState::Created) return false;
    } else if (s->state != ports::ContainerState::Exited || s->exit_code != 0) {
      return false;
    }
  }
  return true;
}

namespace {

// Words that every pod's status holds, each once in memory.
const Str kTrue = "True", kFalse = "False";
const Str kReadyToStart = "PodReadyToStartContainers", kInitialized = "Initialized", kReady = "Ready";
const Str kContainersReady = "ContainersReady", kPodScheduled = "PodScheduled", kDisruptionTarget = "DisruptionTarget";
const Str kResizePending = "PodResizePending";
const Str kPending = "Pending", kRunning = "Running", kSucceeded = "Succeeded", kFailed = "Failed";
const Str kContainerCreating = "ContainerCreating", kPodInitializing = "PodInitializing";
const Str kContainersNotReady = "ContainersNotReady";

const ContainerState* local_of(const PodState& state, const Str& name) {
  auto it = state.containers.find(name);
  return it == state.containers.end() ? nullptr : &it->second;
}

v1::ContainerStateTerminated terminated(const ports::ContainerStatus& s, const NodeFacts& node) {
  v1::ContainerStateTerminated t;
  t.exitCode = s.exit_code;
  t.signal = s.signal;
  t.reason = !s.reason.empty() ? s.reason : Str(s.exit_code == 0 ? "Completed" : "Error");
  t.message = s.message;
  t.startedAt = s.started_at;
  t.finishedAt = s.finished_at;
  t.containerID = cat_str(node.runtime_name, "://", s.id);
  return t;
}

v1::ContainerStatus container_status(const PodState& state, const v1::Container& c, bool init, const NodeFacts& node,
                                     const Str& default_waiting) {
  v1::ContainerStatus out;
  out.name = c.name;
  out.image = c.image;
  out.started = false;
  const ports::ContainerStatus* older = nullptr;
  const ports::ContainerStatus* s = newest(state.observed, c.name, &older);
  const ContainerState* local = local_of(state, c.name);
  auto waiting = [&](const Str& reason) {
    v1::ContainerStateWaiting& w = out.state.waiting.mut();
    bool known = local && !local->waiting_reason.empty();
    w.reason = known ? local->waiting_reason : reason;
    if (known) w.message = local->waiting_message;
  };
  if (!s) {
    waiting(default_waiting);
    return out;
  }
  out.restartCount = static_cast<int32_t>(s->attempt);
  out.imageID = s->image_id;
  out.containerID = cat_str(node.runtime_name, "://", s->id);
  if (older && older->state == ports::ContainerState::Exited) out.lastState.terminated = terminated(*older, node);
  switch (s->state) {
    case ports::ContainerState::Running: {
      out.state.running.mut().startedAt = s->started_at;
      bool ours = local && local->current_id == s->id;
      out.started = ours && local->started;
      const v1::ResourceRequirements& has = local && local->resources ? *local->resources : c.resources;
      if (!has.requests.empty() || !has.limits.empty()) out.resources = has;
      out.allocatedResources = has.requests;
      out.ready = ours && local->ready && (!init || is_sidecar(c));
      break;
    }
    case ports::ContainerState::Exited: {
      bool coming_back = !state.terminating && !state.finished && !ended_for_good(*state.pod, c, init, s);
      if (coming_back && local && !local->waiting_reason.empty()) {
        out.lastState.terminated = terminated(*s, node);
        waiting(default_waiting);
      } else {
        out.state.terminated = terminated(*s, node);
        if (init && !is_sidecar(c)) out.ready = s->exit_code == 0;
      }
      break;
    }
    case ports::ContainerState::Created:
    case ports::ContainerState::Unknown:
      waiting(default_waiting);
      break;
  }
  return out;
}

// Ended by the kubelet, and nothing of it runs any more (pkg/kubelet/status/status_manager.go mergePodStatus).
bool killed(const PodState& state) { return !state.terminal_reason.empty() && !still_running(state); }

// pkg/kubelet/kubelet_pods.go getPhase
Str phase_of(const PodState& state, const v1::PodStatus& status) {
  if (state.rejected || killed(state)) return kFailed;
  const v1::Pod& pod = *state.pod;
  bool pending_init = false, failed_init = false;
  for (uint32_t i = 0; i < status.initContainerStatuses.size() && i < pod.spec.initContainers.size(); ++i) {
    const v1::ContainerStatus& s = status.initContainerStatuses[i];
    bool sidecar = is_sidecar(pod.spec.initContainers[i]);
    const v1::ContainerStateTerminated* ended =
        s.state.terminated ? s.state.terminated.get() : (s.state.waiting ? s.lastState.terminated.get() : nullptr);
    if (sidecar) {
      if (!s.state.terminated && !(s.started && *s.started)) pending_init = true;
    } else if (!ended || (s.state.waiting && ended->exitCode == 0)) {
      pending_init = true;
    } else if (ended->exitCode != 0) {
      (pod.spec.restartPolicy == "Never" ? failed_init : pending_init) = true;
    }
  }
  int waiting = 0, running = 0, stopped = 0, succeeded = 0;
  for (const v1::ContainerStatus& s : status.containerStatuses) {
    if (s.state.running) {
      ++running;
    } else if (s.state.terminated) {
      ++stopped;
      if (s.state.terminated->exitCode == 0) ++succeeded;
    } else if (s.lastState.terminated) {
      ++stopped;
    } else {
      ++waiting;
    }
  }
  if (failed_init && pod.spec.restartPolicy == "Never") return kFailed;
  if (pending_init || waiting > 0) return state.finished ? kFailed : kPending;
  if (running > 0) return kRunning;
  if (stopped == 0) return kPending;
  if (state.finished) return stopped == succeeded ? kSucceeded : kFailed;
  if (pod.spec.restartPolicy == "Always" || pod.spec.restartPolicy.empty()) return kRunning;
  if (stopped == succeeded) return kSucceeded;
  return pod.spec.restartPolicy == "Never" ? kFailed : kRunning;
}

struct Verdict {
  bool ok = true;
  Str reason, message;
};

// pkg/kubelet/status/generate.go GenerateContainersReadyCondition
Verdict containers_ready(const PodState& state, const v1::PodStatus& status) {
  if (status.phase == "Succeeded") return {false, "PodCompleted", ""};
  if (status.phase == "Failed") return {false, "PodFailed", ""};
  std::string unready;
  auto note = [&](const v1::ContainerStatus& s) {
    if (s.ready) return;
    if (!unready.empty()) unready += " ";
    unready += s.name.view();
  };
  for (uint32_t i = 0; i < status.initContainerStatuses.size() && i < state.pod->spec.initContainers.size(); ++i)
    if (is_sidecar(state.pod->spec.initContainers[i])) note(status.initContainerStatuses[i]);
  for (const v1::ContainerStatus& s : status.containerStatuses) note(s);
  if (unready.empty()) return {};
  return {false, kContainersNotReady, cat("containers with unready status: [", unready, "]")};
}

Verdict pod_initialized(const PodState& state, const v1::PodStatus& status) {
  if (status.phase == "Succeeded") return {true, "PodCompleted", ""};
  if (status.phase == "Failed" && state.rejected) return {false, "PodFailed", ""};
  std::string incomplete;
  for (uint32_t i = 0; i < status.initContainerStatuses.size() && i < state.pod->spec.initContainers.size(); ++i) {
    const v1::ContainerStatus& s = status.initContainerStatuses[i];
    bool done =
        is_sidecar(state.pod->spec.initContainers[i]) ? (s.started && *s.started) || s.restartCount > 0 : s.ready;
    if (done) continue;
    if (!incomplete.empty()) incomplete += " ";
    incomplete += s.name.view();
  }
  if (incomplete.empty()) return {};
  return {false, "ContainersNotInitialized", cat("containers with incomplete status: [", incomplete, "]")};
}

// Readiness gates (spec.readinessGates): conditions that others write.
Verdict pod_ready(const PodState& state, const Verdict& containers) {
  if (!containers.ok) return containers;
  for (const v1::PodReadinessGate& gate : state.pod->spec.readinessGates) {
    const v1::PodCondition* c =
        state.pod->status.conditions.find_if([&](const v1::PodCondition& x) { return x.type == gate.conditionType; });
    if (!c)
      return {false, "ReadinessGatesNotReady",
              cat("corresponding condition of pod readiness gate \"", gate.conditionType, "\" does not exist.")};
    if (c->status != "True")
      return {false, "ReadinessGatesNotReady",
              cat("the status of pod readiness gate \"", gate.conditionType, "\" is not \"True\", but ", c->status)};
  }
  return {};
}

void set_condition(v1::PodStatus& status, const v1::Pod& pod, const Str& type, const Verdict& v, WallTime now) {
  v1::PodCondition c;
  c.type = type;
  c.status = v.ok ? kTrue : kFalse;
  c.reason = v.reason;
  c.message = v.message;
  c.observedGeneration = pod.metadata.generation;
  const v1::PodCondition* old =
      pod.status.conditions.find_if([&](const v1::PodCondition& x) { return x.type == type; });
  c.lastTransitionTime = old && old->status == c.status ? old->lastTransitionTime : now;
  status.conditions.push_back(std::move(c));
}

constexpr size_t kOwnConditions = 5;
bool is_owned(const Str& type) {
  return type == kReadyToStart || type == kInitialized || type == kReady || type == kContainersReady || type == kPodScheduled ||
         type == kResizePending;
}

}  // namespace

List<v1::Container> ephemeral_containers(const v1::Pod& pod) {
  List<v1::Container> out;
  for (const v1::EphemeralContainer& e : pod.spec.ephemeralContainers) {
    v1::Container c;
    c.name = e.name;
    c.image = e.image;
    c.command = e.command;
    c.args = e.args;
    c.workingDir = e.workingDir;
    c.envFrom = e.envFrom;
    c.env = e.env;
    c.volumeMounts = e.volumeMounts;
    c.terminationMessagePath = e.terminationMessagePath;
    c.terminationMessagePolicy = e.terminationMessagePolicy;
    c.imagePullPolicy = e.imagePullPolicy;
    c.securityContext = e.securityContext;
    c.stdin_ = e.stdin_;
    c.stdinOnce = e.stdinOnce;
    c.tty = e.tty;
    c.restartPolicy = Str("Never");
    out.push_back(std::move(c));
  }
  return out;
}

v1::PodStatus compute_status(const PodState& state, const NodeFacts& node, WallTime now) {
  const v1::Pod& pod = *state.pod;
  v1::PodStatus out;
  out.observedGeneration = pod.metadata.generation;
  out.qosClass = pod.status.qosClass;
  out.nominatedNodeName = pod.status.nominatedNodeName;
  out.startTime = state.start_time;
  out.hostIP = node.host_ip;
  if (!node.host_ip.empty())
    out.hostIPs.push_back([&] {
      v1::HostIP ip;
      ip.ip = node.host_ip;
      return ip;
    }());
  bool sandbox_ready = state.observed.sandboxes.size() > 0 && state.observed.sandboxes[0].ready;
  Str ip = pod.spec.hostNetwork ? node.host_ip : sandbox_ready ? state.observed.sandboxes[0].ip : pod.status.podIP;
  if (!ip.empty()) {
    out.podIP = ip;
    out.podIPs.push_back([&] {
      v1::PodIP p;
      p.ip = ip;
      return p;
    }());
  }
  const Str& waiting = pod.spec.initContainers.empty() ? kContainerCreating : kPodInitializing;
  if (!state.rejected || !state.observed.containers.empty()) {
    for (const v1::Container& c : pod.spec.initContainers)
      out.initContainerStatuses.push_back(container_status(state, c, true, node, kPodInitializing));
    for (const v1::Container& c : pod.spec.containers)
      out.containerStatuses.push_back(container_status(state, c, false, node, waiting));
    for (const v1::Container& c : state.ephemeral)
      out.ephemeralContainerStatuses.push_back(container_status(state, c, false, node, kContainerCreating));
  }
  out.phase = phase_of(state, out);
  if (state.rejected) {
    out.reason = state.reject_reason;
    out.message = state.reject_message;
  } else if (killed(state)) {
    out.reason = state.terminal_reason;
    out.message = state.terminal_message;
  }
  Verdict containers = containers_ready(state, out);
  out.conditions.reserve(kOwnConditions);
  set_condition(out, pod, kReadyToStart, {sandbox_ready, "", ""}, now);
  set_condition(out, pod, kInitialized, pod_initialized(state, out), now);
  set_condition(out, pod, kReady, pod_ready(state, containers), now);
  set_condition(out, pod, kContainersReady, containers, now);
  set_condition(out, pod, kPodScheduled, {true, "", ""}, now);  // also of pods that came with a node's name
  for (const v1::PodCondition& c : pod.status.conditions)
    if (!is_owned(c.type) && !(state.disruption && c.type == kDisruptionTarget)) out.conditions.push_back(c);
  if (!state.resize_reason.empty()) set_condition(out, pod, kResizePending, {true, state.resize_reason, state.resize_message}, now);
  if (state.disruption) {
    set_condition(out, pod, kDisruptionTarget, {true, "TerminationByKubelet", state.terminal_message}, now);
  }
  return out;
}

}  // namespace orrery::kubelet
