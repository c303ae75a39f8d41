#include "core/kubelet/pod_worker.h"

#include "core/base/text.h"
#include "core/kubelet/env.h"
#include "core/kubelet/volumes.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;
using ports::Task;

PodWorker::PodWorker(Ports ports, ConfigSource& config, WorkerHost& host, ports::TargetId self, uint32_t reply_kind)
    : ports_(ports), config_(config), host_(host), self_(self), reply_kind_(reply_kind) {}

ports::ReplyTo PodWorker::reply_to(const PodState& pod, CallFor what, const Str& container, const Str& id,
                                   ProbeKind probe) {
  uint64_t token = state_.next_token++;
  state_.calls.emplace_hint(state_.calls.end(), token, Call{pod.id, container, what, id, probe});
  return {self_, reply_kind_, token};
}

bool PodWorker::take_call(uint64_t token, Call& out) {
  auto it = state_.calls.find(token);
  if (it == state_.calls.end()) return false;
  out = std::move(it->second);
  state_.calls.erase(it);
  return true;
}

void PodWorker::forget(uint64_t pod) {
  for (auto it = state_.calls.begin(); it != state_.calls.end();)
    it = it->second.pod == pod ? state_.calls.erase(it) : std::next(it);
}

uint64_t PodWorker::trace(PodState& pod, const Str& from, const Str& to, std::string verb, std::string why) {
  if (!ports_.trace) return 0;
  ports::TraceRecord r;
  r.cause = pod.cause;
  r.at = ports_.queue.now();
  r.from = from;
  r.to = to;
  r.verb = verb;
  r.kind = "Pod";
  r.ns = pod.ref.ns;
  r.name = pod.ref.name;
  r.why = why;
  return ports_.trace->emit(std::move(r));
}

void PodWorker::refresh(PodState& pod) {
  if (pod.status_in_flight) {
    pod.status_wanted = true;
    return;
  }
  pod.status_in_flight = true;
  ports_.runtime.pod_status(pod.ref, reply_to(pod, CallFor::PodStatus));
}

namespace {

bool runs(const ports::PodStatus& observed, const Str& id) {
  for (const ports::ContainerStatus& c : observed.containers)
    if (c.id == id) return c.state == ports::ContainerState::Running;
  return false;
}

}  // namespace

// Containers that run but that this kubelet didn't start: it was restarted.
void PodWorker::adopt(PodState& pod) {
  for (const ports::ContainerStatus& c : pod.observed.containers) {
    if (c.state != ports::ContainerState::Running) continue;
    ContainerState& s = pod.containers[c.name];
    if (s.current_id == c.id || s.op != Op::None || runs(pod.observed, s.current_id)) continue;
    bool init = false;
    const Container* spec = spec_of(pod, c.name, &init);
    s.current_id = c.id;
    s.started = !spec || !spec->startupProbe;
    s.ready = !spec || !spec->readinessProbe;
    s.post_start_done = true;
    s.waiting_reason = s.waiting_message = {};
    for (ProbeState& p : s.probes) p = {};
  }
}

void PodWorker::sync(PodState& pod) {
  if (!pod.observed_valid) return refresh(pod);
  // What is known is from before a container was started or ended; decided on it, one that has just started would be
  // started again. The answer under way syncs. (Upstream's pod worker waits so: podCache.GetNewerThan.)
  if (pod.status_in_flight) return;
  adopt(pod);
  if (pod.gone || pod.pod->metadata.deletionTimestamp.is_set()) pod.terminating = true;
  if (pod.terminating) {
    kill_pod(pod);
    if (all_stopped(pod)) remove_everything(pod);
  } else if (pod.over || pod.rejected || !pod.terminal_reason.empty() || past_deadline(pod)) {
    kill_pod(pod);
    if (pod.evicted && all_stopped(pod)) remove_everything(pod);
  } else {
    sync_running(pod);
  }
  host_.status_changed(pod);
}

bool PodWorker::past_deadline(PodState& pod) {
  const std::optional<int64_t>& limit = pod.pod->spec.activeDeadlineSeconds;
  if (!limit || !pod.start_time.is_set()) return false;
  Duration left = (pod.start_time + seconds(*limit)) - ports_.clock.now();
  if (left.ns > 0) {
    host_.wake(pod, ports_.queue.now() + left);
    return false;
  }
  pod.terminal_reason = "DeadlineExceeded";
  pod.terminal_message = "Pod was active on the node longer than the specified deadline";
  host_.event(pod, {}, false, "DeadlineExceeded", pod.terminal_message.str());
  return true;
}

void PodWorker::sync_running(PodState& pod) {
  if (is_finished(pod)) pod.finished = true;
  if (pod.finished) return kill_pod(pod);
  if (!pod.start_time.is_set())
    pod.start_time = pod.pod->status.startTime.is_set() ? pod.pod->status.startTime : ports_.clock.now();
  if (!volumes_ready(pod) || !sandbox_ready(pod)) return;
  if (start_init_containers(pod)) {
    start_containers(pod);
    resize(pod);
    start_ephemeral(pod);
  }
  sync_probes(pod);
  remove_dead(pod);
}

// All regular containers ended and stay so, or an init container failed for good.
bool PodWorker::is_finished(const PodState& pod) const {
  const v1::PodSpec& spec = pod.pod->spec;
  for (const Container& c : spec.initContainers) {
    const ports::ContainerStatus* s = newest(pod.observed, c.name);
    if (!is_sidecar(c) && ended_for_good(*pod.pod, c, true, s) && s->exit_code != 0) return true;
  }
  for (const Container& c : spec.containers) {
    auto it = pod.containers.find(c.name);
    if (it != pod.containers.end() && it->second.op != Op::None) return false;
    if (!ended_for_good(*pod.pod, c, false, newest(pod.observed, c.name))) return false;
  }
  return !spec.containers.empty();
}

bool PodWorker::volumes_ready(PodState& pod) {
  if (pod.volumes_pending > 0) return false;
  Instant now = ports_.queue.now();
  if (!pod.volumes_ready && now < pod.volume_retry_at) {
    host_.wake(pod, pod.volume_retry_at);
    return false;
  }
  Str pod_ip = pod.observed.sandboxes.empty() ? Str() : pod.observed.sandboxes[0].ip;
  if (pod.volumes_ready && pod.volumes_settled && pod.volumes_ip == pod_ip) return true;
  auto made = make_volumes(*pod.pod, pod_ip, settings_.node.host_ip, &host_.allocatable(), config_);
  if (made.ok() && made->loading) return pod.volumes_ready;
  if (made.ok() && pod.volumes_ready && made->fingerprint == pod.volume_inputs) {
    pod.volumes_settled = true;
    pod.volumes_ip = pod_ip;
    return true;
  }
  if (!made.ok()) {
    if (pod.volumes_ready) return true;  // content that went away later stays as it was
    // kubelet's volume manager: 500 ms doubling up to 2 min 2 s (volume/util/operationexecutor exponential back-off)
    Duration wait = millis(500) * (int64_t{1} << (pod.volume_failures < 8 ? pod.volume_failures : 8));
    ++pod.volume_failures;
    pod.volume_error = made.error().message;
    pod.volume_retry_at = now + wait;
    host_.event(pod, {}, true, "FailedMount", made.error().message.str());
    host_.wake(pod, pod.volume_retry_at);
    return false;
  }
  pod.volume_inputs = made->fingerprint;
  if (made->specs.empty()) {
    pod.volumes_ready = true;
    return true;
  }
  for (const ports::VolumeSpec& spec : made->specs) {
    if (pod.volumes_ready && spec.type != ports::VolumeSpec::Type::Files) continue;  // an update of file contents
    ++pod.volumes_pending;
    ports_.volumes.set_up(spec, reply_to(pod, CallFor::VolumeSetUp, spec.name));
  }
  return pod.volumes_ready;
}

void PodWorker::on_volume(PodState& pod, const Call& call, const Task& task) {
  if (pod.volumes_pending > 0) --pod.volumes_pending;
  const auto& r = task.as<Result<ports::MountSpec>>();
  if (r.ok()) {
    pod.mounts[call.container] = *r;
  } else {
    pod.volume_error = r.error().message;
    ++pod.volume_failures;
    pod.volume_retry_at = ports_.queue.now() + kErrorRetry;
    pod.volume_inputs = 0;
    pod.volumes_settled = false;
    host_.event(pod, {}, true, "FailedMount",
                cat("MountVolume.SetUp failed for volume ", quoted(call.container), " : ", r.error().message));
    host_.wake(pod, pod.volume_retry_at);
  }
  if (pod.volumes_pending == 0 && pod.mounts.size() == pod.pod->spec.volumes.size()) {
    pod.volumes_ready = true;
    pod.volume_error = {};
  }
}

bool PodWorker::sandbox_ready(PodState& pod) {
  if (pod.sandbox_op != Op::None) return false;
  if (!pod.observed.sandboxes.empty() && pod.observed.sandboxes[0].ready) return true;
  Instant now = ports_.queue.now();
  if (now < pod.sandbox_retry_at) {
    host_.wake(pod, pod.sandbox_retry_at);
    return false;
  }
  // The sandbox died: what still runs in it has no network any more.
  bool clean = true;
  for (const ports::ContainerStatus& c : pod.observed.containers) {
    if (c.state != ports::ContainerState::Running) continue;
    clean = false;
    ContainerState& s = pod.containers[c.name];
    if (s.op == Op::None) finish_stop(pod, s, c.name, c.id, seconds(kGraceMin_s));
  }
  if (!clean) return false;
  uint32_t attempt = pod.observed.sandboxes.empty() ? 0 : pod.observed.sandboxes[0].attempt + 1;
  if (attempt > 0) host_.event(pod, {}, false, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
  pod.sandbox_op = Op::Creating;
  pod.cause = trace(pod, cat("kubelet/", settings_.node_name), cat("runtime/", settings_.node_name), "run sandbox",
                    "the pod needs a network before its containers can start");
  ports_.runtime.run_sandbox(make_sandbox(*pod.pod, attempt, settings_.dns), reply_to(pod, CallFor::RunSandbox));
  return false;
}

void PodWorker::on_sandbox(PodState& pod, const Task& task) {
  pod.sandbox_op = Op::None;
  const auto& r = task.as<Result<Str>>();
  if (!r.ok()) {
    pod.sandbox_error = r.error().message;
    pod.sandbox_retry_at = ports_.queue.now() + kErrorRetry;
    host_.event(pod, {}, true, "FailedCreatePodSandBox",
                cat("Failed to create pod sandbox: ", r.error().message));
    host_.wake(pod, pod.sandbox_retry_at);
  }
  refresh(pod);
}

// True when the regular containers may start.
bool PodWorker::start_init_containers(PodState& pod) {
  for (const Container& c : pod.pod->spec.initContainers) {
    const ports::ContainerStatus* s = newest(pod.observed, c.name);
    ContainerState& local = pod.containers[c.name];
    bool running = s && s->state == ports::ContainerState::Running;
    if (!is_sidecar(c) && s && s->state == ports::ContainerState::Exited && s->exit_code == 0) continue;
    if (is_sidecar(c) && running && local.started && local.current_id == s->id) continue;
    if (!running) start(pod, c);
    return false;
  }
  return true;
}

void PodWorker::start_containers(PodState& pod) {
  for (const Container& c : pod.pod->spec.containers) {
    const ports::ContainerStatus* s = newest(pod.observed, c.name);
    ContainerState& local = pod.containers[c.name];
    bool starting = local.op == Op::InspectingImage || local.op == Op::Pulling || local.op == Op::Creating ||
                    local.op == Op::Starting || local.op == Op::PostStart;
    if (starting) return;  // one after the other, in the order of the spec
    if (local.op != Op::None) continue;
    if (s && s->state == ports::ContainerState::Running) {
      if (!s->spec_hash.empty() && s->spec_hash != spec_hash(c))
        stop(pod, c, local, s->id, cat("Container ", c.name, " definition changed, will be restarted"), grace_of(pod));
      else if (local.stop_wanted)
        stop(pod, c, local, s->id, local.stop_reason.str(), local.stop_grace_s.value_or(grace_of(pod)));
      continue;
    }
    if (ended_for_good(*pod.pod, c, false, s)) continue;
    start(pod, c);
    if (local.op != Op::None) return;
  }
}

// Those of `kubectl debug`: each is started once.
void PodWorker::start_ephemeral(PodState& pod) {
  for (const Container& c : pod.ephemeral)
    if (pod.containers[c.name].op == Op::None && !newest(pod.observed, c.name)) start(pod, c);
}

// Keeps the newest container of each name and the one before it, for lastState and logs --previous.
void PodWorker::remove_dead(PodState& pod) {
  for (const ports::ContainerStatus& c : pod.observed.containers) {
    const ports::ContainerStatus* last = newest(pod.observed, c.name);
    if (c.state == ports::ContainerState::Running || last->attempt - c.attempt <= kDeadContainersKept) continue;
    ports_.runtime.remove_container(c.id, reply_to(pod, CallFor::Remove, c.name, c.id));
  }
}

bool PodWorker::all_stopped(const PodState& pod) {
  if (pod.sandbox_op != Op::None || pod.volumes_pending > 0) return false;
  for (const auto& [name, s] : pod.containers)
    if (s.op != Op::None) return false;
  for (const ports::ContainerStatus& c : pod.observed.containers)
    if (c.state == ports::ContainerState::Running) return false;
  for (const ports::SandboxStatus& s : pod.observed.sandboxes)
    if (s.ready) return false;
  return true;
}

void PodWorker::kill_pod(PodState& pod) {
  bool running = false, busy = false;
  int64_t grace_s = grace_of(pod);
  for (const ports::ContainerStatus& c : pod.observed.containers) {
    if (c.state != ports::ContainerState::Running) continue;
    bool init = false;
    const Container* spec = spec_of(pod, c.name, &init);
    ContainerState& s = pod.containers[c.name];
    running = true;
    if (s.op != Op::None) continue;
    for (ProbeState& p : s.probes) p.running = false;
    Duration left = pod.kill_deadline - ports_.queue.now();
    if (s.told_to_stop && left.ns > 0 && waits_for_turn(pod, c.name)) continue;
    if (s.told_to_stop)
      finish_stop(pod, s, c.name, c.id, left < seconds(kGraceMin_s) ? seconds(kGraceMin_s) : left);
    else if (spec)
      stop(pod, *spec, s, c.id, cat("Stopping container ", c.name), grace_s);
    else
      finish_stop(pod, s, c.name, c.id, seconds(grace_s));
  }
  for (auto& [name, s] : pod.containers) busy = busy || s.op != Op::None;
  if (running || busy || pod.sandbox_op != Op::None) return;
  for (const ports::SandboxStatus& s : pod.observed.sandboxes) {
    if (!s.ready) continue;
    pod.sandbox_op = Op::Stopping;
    ports_.runtime.stop_sandbox(s.id, reply_to(pod, CallFor::StopSandbox, {}, s.id));
    return;
  }
}

// The pod is being deleted, or was evicted, and nothing runs: removes what is left. Then the host deletes one that is
// being deleted in the API.
void PodWorker::remove_everything(PodState& pod) {
  if (pod.torn_down || pod.tear_down_in_flight) return;
  for (const ports::ContainerStatus& c : pod.observed.containers)
    ports_.runtime.remove_container(c.id, reply_to(pod, CallFor::Remove, c.name, c.id));
  for (const ports::SandboxStatus& s : pod.observed.sandboxes)
    ports_.runtime.remove_sandbox(s.id, reply_to(pod, CallFor::RemoveSandbox, {}, s.id));
  pod.tear_down_in_flight = true;
  ports_.volumes.tear_down(pod.ref, reply_to(pod, CallFor::TearDown));
}

void PodWorker::on_reply(PodState& pod, const Call& call, const Task& task) {
  bool init = false;
  const Container* c = spec_of(pod, call.container, &init);
  const bool of_container = !call.container.empty() && call.what != CallFor::VolumeSetUp;  // that has the volume's name there
  ContainerState* s = of_container ? &pod.containers[call.container] : nullptr;
  switch (call.what) {
    case CallFor::PodStatus: {
      pod.status_in_flight = false;
      const auto& r = task.as<Result<ports::PodStatus>>();
      // Asked for again meanwhile: this answer is from before a container was started or ended, and would start another.
      if (r.ok() && pod.status_wanted) {
        pod.status_wanted = false;
        return refresh(pod);
      }
      pod.status_wanted = false;
      if (r.ok() && !pod.tear_down_in_flight && !pod.torn_down) {  // then its status tells of what there was
        pod.observed = *r;
        pod.observed_valid = true;
      }
      if (!r.ok()) {  // nothing is decided on what is known from before
        pod.observed_valid = false;
        return host_.wake(pod, ports_.queue.now() + kErrorRetry);
      }
      break;
    }
    case CallFor::RunSandbox: on_sandbox(pod, task); return;
    case CallFor::StopSandbox:
      pod.sandbox_op = Op::None;
      refresh(pod);
      return;
    case CallFor::VolumeSetUp: on_volume(pod, call, task); break;
    case CallFor::TearDown:
      pod.tear_down_in_flight = false;
      pod.torn_down = true;
      break;
    case CallFor::InspectImage: if (c) on_image(pod, *c, *s, task); return;
    case CallFor::InspectUser: if (c) on_image_user(pod, *c, *s, task); return;
    case CallFor::Pull: if (c) on_pulled(pod, *c, *s, task); return;
    case CallFor::Create: if (c) on_created(pod, *c, *s, task); return;
    case CallFor::Start: if (c) on_started(pod, *c, *s, call, task); return;
    case CallFor::Stop:
      s->op = Op::None;
      s->stop_wanted = false;
      refresh(pod);
      return;
    case CallFor::PostStart: {
      s->op = Op::None;
      bool ok = !c || hook_passed(*c->lifecycle->postStart, task);
      s->post_start_done = ok;
      if (!ok && c) {
        host_.event(pod, field_of(pod, c->name), true, "FailedPostStartHook", "PostStartHook failed");
        s->stop_wanted = true;
        s->stop_reason = "FailedPostStartHook";
      }
      refresh(pod);
      return;
    }
    case CallFor::PreStop: {
      if (c && !hook_passed(*c->lifecycle->preStop, task))
        host_.event(pod, field_of(pod, call.container), true, "FailedPreStopHook", "PreStopHook failed");
      Duration left = pod.kill_deadline - ports_.queue.now();
      finish_stop(pod, *s, call.container, call.id, left < seconds(kGraceMin_s) ? seconds(kGraceMin_s) : left);
      return;
    }
    case CallFor::Probe: on_probe(pod, call, task); return;
    case CallFor::Resize: break;
    case CallFor::Remove:
    case CallFor::RemoveSandbox:
      if (!pod.terminating) refresh(pod);
      return;
  }
  sync(pod);
}

}  // namespace orrery::kubelet
