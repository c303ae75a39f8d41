#include "playground/app/object_views.h"

#include "core/client/key.h"
#include "playground/viewmodel/id_index.h"

namespace orrery::app {
namespace {

namespace v1 = api::core_v1;
using viewmodel::Nanos;

Nanos nanos_of(WallTime time) { return time.is_set() ? time.ns : 0; }

viewmodel::PodPhase phase_of(const Str& phase) {
  if (phase == "Pending") return viewmodel::PodPhase::Pending;
  if (phase == "Running") return viewmodel::PodPhase::Running;
  if (phase == "Succeeded") return viewmodel::PodPhase::Succeeded;
  if (phase == "Failed") return viewmodel::PodPhase::Failed;
  return phase.empty() ? viewmodel::PodPhase::Pending : viewmodel::PodPhase::Unknown;
}

viewmodel::Container container_of(const v1::ContainerStatus& status, viewmodel::ContainerRole role) {
  viewmodel::Container c;
  c.name = status.name.str();
  c.image = status.image.str();
  c.role = role;
  c.ready = status.ready;
  c.started = status.started.value_or(false);
  c.restarts = status.restartCount;
  if (const auto* running = status.state.running.get()) {
    c.state = viewmodel::ContainerState::Running;
    c.since = nanos_of(running->startedAt);
  } else if (const auto* terminated = status.state.terminated.get()) {
    c.state = viewmodel::ContainerState::Terminated;
    c.reason = terminated->reason.str();
    c.message = terminated->message.str();
    c.exit_code = terminated->exitCode;
    c.since = nanos_of(terminated->finishedAt);
  } else if (const auto* waiting = status.state.waiting.get()) {
    c.reason = waiting->reason.str();
    c.message = waiting->message.str();
  }
  return c;
}

std::string exit_text(const v1::ContainerStateTerminated& state) {
  if (!state.reason.empty()) return state.reason.str();
  return state.signal != 0 ? cat("Signal:", int64_t(state.signal)) : cat("ExitCode:", int64_t(state.exitCode));
}

// The status of the first init container that holds the pod up, empty when none does.
std::string init_status(const v1::Pod& pod) {
  const auto& statuses = pod.status.initContainerStatuses;
  for (uint32_t i = 0; i < statuses.size(); ++i) {
    const v1::ContainerStatus& status = statuses[i];
    const auto* terminated = status.state.terminated.get();
    if (terminated && terminated->exitCode == 0) continue;
    if (terminated) return "Init:" + exit_text(*terminated);
    const auto* waiting = status.state.waiting.get();
    if (waiting && !waiting->reason.empty() && waiting->reason != "PodInitializing") return cat("Init:", waiting->reason);
    return cat("Init:", int64_t(i), "/", int64_t(pod.spec.initContainers.size()));
  }
  return "";
}

std::string container_status(const v1::Pod& pod, std::string reason) {
  bool running = false;
  const auto& statuses = pod.status.containerStatuses;
  for (uint32_t i = statuses.size(); i-- > 0;) {
    const v1::ContainerStatus& status = statuses[i];
    const auto* waiting = status.state.waiting.get();
    const auto* terminated = status.state.terminated.get();
    if (waiting && !waiting->reason.empty()) reason = waiting->reason.str();
    else if (terminated) reason = exit_text(*terminated);
    else if (status.ready && status.state.running) running = true;
  }
  if (reason != "Completed" || !running) return reason;
  for (const v1::PodCondition& condition : pod.status.conditions)
    if (condition.type == "Ready" && condition.status == "True") return "Running";
  return "NotReady";
}

// Milli-CPU or bytes of one container; unset when it names none.
std::optional<int64_t> amount(const Map<Quantity>& list, const char* name) {
  const Quantity* found = list.find(name);
  if (!found) return std::nullopt;
  return std::string_view(name) == "cpu" ? found->milli_value() : found->value();
}

void add_resources(const v1::Pod& pod, viewmodel::Pod& out) {
  bool cpu_limited = true, memory_limited = true;
  for (const v1::Container& container : pod.spec.containers) {
    const auto& wants = container.resources;
    out.cpu_request_milli += amount(wants.requests, "cpu").value_or(0);
    out.memory_request += amount(wants.requests, "memory").value_or(0);
    const auto cpu = amount(wants.limits, "cpu"), memory = amount(wants.limits, "memory");
    cpu_limited = cpu_limited && cpu;
    memory_limited = memory_limited && memory;
    out.cpu_limit_milli += cpu.value_or(0);
    out.memory_limit += memory.value_or(0);
  }
  if (!cpu_limited) out.cpu_limit_milli = 0;
  if (!memory_limited) out.memory_limit = 0;
}

viewmodel::Workload workload(const char* kind, const api::meta_v1::ObjectMeta& meta, int wanted, int ready) {
  const auto* owner = client::controller_of(meta);
  return {meta.uid.str(), {kind, meta.namespace_.str(), meta.name.str()}, owner ? owner->uid.str() : "", wanted, ready};
}

}  // namespace

std::string pod_status(const v1::Pod& pod) {
  std::string reason = pod.status.reason.empty() ? pod.status.phase.str() : pod.status.reason.str();
  for (const v1::PodCondition& condition : pod.status.conditions)
    if (condition.type == "PodScheduled" && condition.reason == "SchedulingGated") reason = "SchedulingGated";
  const std::string init = init_status(pod);
  reason = init.empty() ? container_status(pod, reason) : init;
  const bool deleting = pod.metadata.deletionTimestamp.is_set();
  if (deleting && pod.status.reason == "NodeLost") return "Unknown";
  if (deleting && pod.status.phase != "Failed" && pod.status.phase != "Succeeded") return "Terminating";
  return reason.empty() ? "Pending" : reason;
}

viewmodel::Pod view_of(const v1::Pod& pod) {
  viewmodel::Pod out;
  out.uid = pod.metadata.uid.str();
  viewmodel::QuickHash revision;  // it is an opaque text
  revision.add(pod.metadata.resourceVersion.view());
  out.revision = pod.metadata.resourceVersion.empty() ? 0 : revision.value();
  out.ns = pod.metadata.namespace_.str();
  out.name = pod.metadata.name.str();
  out.node = pod.spec.nodeName.str();
  if (const auto* owner = client::controller_of(pod.metadata)) {
    out.owner_kind = owner->kind.str();
    out.owner = owner->name.str();
  }
  out.phase = phase_of(pod.status.phase);
  out.deleting = pod.metadata.deletionTimestamp.is_set();
  out.reason = pod_status(pod);
  out.ip = pod.status.podIP.str();
  out.restart_policy = pod.spec.restartPolicy.str();
  out.grace_s = pod.metadata.deletionGracePeriodSeconds.value_or(pod.spec.terminationGracePeriodSeconds.value_or(30));
  out.created = nanos_of(pod.metadata.creationTimestamp);
  out.deletion = nanos_of(pod.metadata.deletionTimestamp);
  out.started = nanos_of(pod.status.startTime);
  for (const auto& label : pod.metadata.labels) out.labels.push_back({label.key.str(), label.value.str()});
  add_resources(pod, out);
  for (const v1::ContainerStatus& status : pod.status.initContainerStatuses) out.containers.push_back(container_of(status, viewmodel::ContainerRole::Init));
  for (const v1::ContainerStatus& status : pod.status.containerStatuses) {
    out.containers.push_back(container_of(status, viewmodel::ContainerRole::App));
    out.restarts += status.restartCount;
  }
  for (const v1::ContainerStatus& status : pod.status.ephemeralContainerStatuses)
    out.containers.push_back(container_of(status, viewmodel::ContainerRole::Ephemeral));
  for (const v1::PodCondition& c : pod.status.conditions) {
    out.conditions.push_back({c.type.str(), c.status.str(), c.reason.str(), c.message.str(), nanos_of(c.lastTransitionTime)});
    if (c.type == "Ready") out.ready = c.status == "True";
  }
  return out;
}

viewmodel::Node view_of(const v1::Node& node) {
  viewmodel::Node out;
  out.uid = node.metadata.uid.str();
  out.name = node.metadata.name.str();
  out.schedulable = !node.spec.unschedulable;
  for (const v1::NodeCondition& c : node.status.conditions) {
    if (c.type != "Ready") continue;
    out.ready = c.status == "True";
    out.reason = c.reason.str();
  }
  if (const Quantity* cpu = node.status.allocatable.find("cpu")) out.cpu_milli = cpu->milli_value();
  if (const Quantity* memory = node.status.allocatable.find("memory")) out.memory_bytes = memory->value();
  return out;
}

viewmodel::Event view_of(const v1::Event& event) {
  viewmodel::Event out;
  out.uid = event.metadata.uid.str();
  const WallTime at = event.lastTimestamp.is_set() ? event.lastTimestamp : event.eventTime;
  out.at = nanos_of(at.is_set() ? at : event.metadata.creationTimestamp);
  out.warning = event.type == "Warning";
  out.reason = event.reason.str();
  out.message = event.message.str();
  out.about = {event.involvedObject.kind.str(), event.involvedObject.namespace_.str(), event.involvedObject.name.str()};
  out.source = event.source.component.empty() ? event.reportingComponent.str() : event.source.component.str();
  out.count = event.count > 0 ? event.count : 1;
  return out;
}

viewmodel::Workload view_of(const api::apps_v1::Deployment& deployment) {
  return workload("Deployment", deployment.metadata, deployment.spec.replicas.value_or(1), deployment.status.readyReplicas);
}

viewmodel::Workload view_of(const api::apps_v1::ReplicaSet& set) {
  return workload("ReplicaSet", set.metadata, set.spec.replicas.value_or(1), set.status.readyReplicas);
}

viewmodel::Workload view_of(const api::apps_v1::StatefulSet& set) {
  return workload("StatefulSet", set.metadata, set.spec.replicas.value_or(1), set.status.readyReplicas);
}

viewmodel::Workload view_of(const api::apps_v1::DaemonSet& set) {
  return workload("DaemonSet", set.metadata, set.status.desiredNumberScheduled, set.status.numberReady);
}

viewmodel::Workload view_of(const api::batch_v1::Job& job) {
  viewmodel::Workload out = workload("Job", job.metadata, job.spec.completions.value_or(1), job.status.succeeded);
  out.counts = false;
  return out;
}

viewmodel::Workload view_of(const api::batch_v1::CronJob& job) {
  viewmodel::Workload out = workload("CronJob", job.metadata, 0, 0);
  out.counts = false;
  return out;
}

viewmodel::Trace view_of(const ports::TraceRecord& record, WallTime start) {
  viewmodel::Trace out;
  out.seq = record.id;
  out.cause = record.cause;
  out.at = start.ns + record.at.ns;
  out.from = record.from.str();
  out.to = record.to.str();
  out.verb = record.verb.str();
  out.object = {record.kind.str(), record.ns.str(), record.name.str()};
  out.revision = int64_t(record.revision);
  out.why = record.why.str();
  out.heartbeat = record.heartbeat;
  return out;
}

}  // namespace orrery::app
