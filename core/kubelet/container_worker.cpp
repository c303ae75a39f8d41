// The life of one container: image, create, start, hooks, stop, back-off. Part of PodWorker.
#include "core/base/text.h"
#include "core/kubelet/env.h"
#include "core/kubelet/pod_worker.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;
using ports::Task;

namespace {

void set_waiting(ContainerState& s, std::string_view reason, std::string message) {
  s.waiting_reason = reason;
  s.waiting_message = std::move(message);
}

void clear_waiting(ContainerState& s) { s.waiting_reason = s.waiting_message = {}; }

Duration next_backoff(Duration now) {
  if (now.ns == 0) return kBackoffMin;
  return now * 2 < kBackoffMax ? now * 2 : kBackoffMax;
}

// "1.234s", "830ms": what Go prints for a duration truncated to milliseconds.
std::string pull_time(Duration d) { return format_go_duration(millis(d.ms())); }

}  // namespace

const PodWorker::Container* PodWorker::spec_of(const PodState& pod, const Str& name, bool* init) const {
  for (const Container& c : pod.pod->spec.containers)
    if (c.name == name) return &c;
  for (const Container& c : pod.ephemeral)
    if (c.name == name) return &c;
  for (const Container& c : pod.pod->spec.initContainers) {
    if (c.name != name) continue;
    if (init) *init = true;
    return &c;
  }
  return nullptr;
}

Str PodWorker::field_of(const PodState& pod, const Str& container) {
  for (const Container& c : pod.pod->spec.initContainers)
    if (c.name == container) return cat("spec.initContainers{", container, "}");
  for (const Container& c : pod.ephemeral)
    if (c.name == container) return cat("spec.ephemeralContainers{", container, "}");
  return cat("spec.containers{", container, "}");
}

int64_t PodWorker::grace_of(const PodState& pod) const {
  if (pod.evicted) return kGraceEvicted_s;
  if (pod.pod->metadata.deletionGracePeriodSeconds) return *pod.pod->metadata.deletionGracePeriodSeconds;
  return pod.pod->spec.terminationGracePeriodSeconds.value_or(kGraceDefault_s);
}

// A step failed: says so in the container's waiting state, retries later.
void PodWorker::fail(PodState& pod, const Container& c, ContainerState& s, const char* reason, const Str& message,
                     Duration retry) {
  s.op = Op::None;
  set_waiting(s, reason, message.str());
  s.retry_at = ports_.queue.now() + retry;
  host_.event(pod, field_of(pod, c.name), true, "Failed", cat("Error: ", message));
  host_.wake(pod, s.retry_at);
  refresh(pod);
}

// kuberuntime doBackOff: the first restart is immediate, then 10 s doubling to 5 min after each exit; ten quiet minutes
// reset it.
bool PodWorker::in_crash_back_off(PodState& pod, const Container& c, ContainerState& s,
                                  const ports::ContainerStatus& last) {
  Instant now = ports_.queue.now();
  Duration since_exit = last.finished_at.is_set() ? ports_.clock.now() - last.finished_at : Duration{};
  if (since_exit.ns < 0) since_exit = {};
  Instant exited = now - since_exit;
  if (s.backoff.ns > 0 && exited - s.backoff_updated > kBackoffMax * 2) s.backoff = {};
  if (s.backoff.ns > 0 && now < exited + s.backoff) {
    std::string text = cat("back-off ", format_go_duration(s.backoff), " restarting failed container=", c.name,
                           " pod=", pod.ref.name, "_", pod.ref.ns, "(", pod.ref.uid, ")");
    if (s.waiting_reason != "CrashLoopBackOff")
      host_.event(pod, field_of(pod, c.name), true, "BackOff",
                  cat("Back-off restarting failed container ", c.name, " in pod ", pod.ref.name, "_", pod.ref.ns, "(",
                      pod.ref.uid, ")"));
    set_waiting(s, "CrashLoopBackOff", std::move(text));
    host_.wake(pod, exited + s.backoff);
    return true;
  }
  s.backoff = next_backoff(s.backoff);
  s.backoff_updated = now;
  return false;
}

void PodWorker::start(PodState& pod, const Container& c) {
  ContainerState& s = pod.containers[c.name];
  if (s.op != Op::None) return;
  Instant now = ports_.queue.now();
  const ports::ContainerStatus* last = newest(pod.observed, c.name);
  // One that was created and never started, by an earlier kubelet or in an earlier sandbox, is left alone: a new one is made
  // (pkg/kubelet/container/helpers.go, ShouldContainerBeRestarted).
  if (now < s.retry_at) return host_.wake(pod, s.retry_at);
  bool fresh = s.waiting_reason.empty() || s.waiting_reason == "CrashLoopBackOff";
  if (last && last->state == ports::ContainerState::Exited && fresh && in_crash_back_off(pod, c, s, *last)) return;
  ensure_image(pod, c, s);
}

void PodWorker::ensure_image(PodState& pod, const Container& c, ContainerState& s) {
  s.op = Op::InspectingImage;
  s.op_started = ports_.queue.now();
  ports_.images.inspect(c.image, reply_to(pod, CallFor::InspectImage, c.name));
}

// pkg/kubelet/images/image_manager.go EnsureImageExists
void PodWorker::on_image(PodState& pod, const Container& c, ContainerState& s, const Task& task) {
  const auto& r = task.as<Result<std::optional<ports::ImageInfo>>>();
  if (pod.terminating || !pod.terminal_reason.empty()) {
    s.op = Op::None;
    return sync(pod);
  }
  if (!r.ok())
    return fail(pod, c, s, "ImageInspectError",
                cat("Failed to inspect image ", quoted(c.image), ": ", r.error().message), kErrorRetry);
  bool present = r->has_value(), init = false;
  spec_of(pod, c.name, &init);
  bool pull = c.imagePullPolicy == "Always" || (c.imagePullPolicy != "Never" && !present);
  if (!pull && present) {
    s.image_id = (*r)->id;
    if (auto allowed = check_non_root(*pod.pod, c, (*r)->user, (*r)->user_name); !allowed.ok())
      return fail(pod, c, s, "CreateContainerConfigError", allowed.error().message, kErrorRetry);
    host_.event(pod, field_of(pod, c.name), false, "Pulled",
                cat("Container image ", quoted(c.image), " already present on machine and can be accessed by the pod"));
    return create(pod, c, s, init);
  }
  if (!pull) {
    std::string text = cat("Container image ", quoted(c.image), " is not present with pull policy of Never");
    host_.event(pod, field_of(pod, c.name), true, "ErrImageNeverPull", text);
    return fail(pod, c, s, "ErrImageNeverPull", text, kErrorRetry);
  }
  if (ports_.queue.now() < s.pull_retry_at) return pull_back_off(pod, c, s);
  s.op = Op::Pulling;
  s.op_started = ports_.queue.now();
  host_.event(pod, field_of(pod, c.name), false, "Pulling", cat("Pulling image ", quoted(c.image)));
  pod.cause = trace(pod, cat("kubelet/", settings_.node_name), cat("runtime/", settings_.node_name),
                    cat("pull ", c.image), present ? "its pull policy asks for the newest image at each start" : "the image isn't on this node");
  ports_.images.pull(c.image, reply_to(pod, CallFor::Pull, c.name));
}

void PodWorker::pull_back_off(PodState& pod, const Container& c, ContainerState& s) {
  s.op = Op::None;
  std::string text = cat("Back-off pulling image ", quoted(c.image));
  if (s.waiting_reason != "ImagePullBackOff") {
    host_.event(pod, field_of(pod, c.name), false, "BackOff", text);
    host_.event(pod, field_of(pod, c.name), true, "Failed", "Error: ImagePullBackOff");
  }
  set_waiting(s, "ImagePullBackOff", cat(text, ": ErrImagePull: ", s.pull_error));
  s.retry_at = s.pull_retry_at;
  host_.wake(pod, s.retry_at);
  host_.status_changed(pod);
}

void PodWorker::on_pulled(PodState& pod, const Container& c, ContainerState& s, const Task& task) {
  const auto& r = task.as<Result<ports::PullResult>>();
  Instant now = ports_.queue.now();
  if (pod.terminating || !pod.terminal_reason.empty()) {
    s.op = Op::None;
    return sync(pod);
  }
  if (!r.ok()) {
    s.op = Op::None;
    s.pull_error = r.error().message;
    s.pull_backoff = next_backoff(s.pull_backoff);
    s.pull_retry_at = now + s.pull_backoff;
    host_.event(pod, field_of(pod, c.name), true, "Failed",
                cat("Failed to pull image ", quoted(c.image), ": ", r.error().message));
    host_.event(pod, field_of(pod, c.name), true, "Failed", "Error: ErrImagePull");
    set_waiting(s, "ErrImagePull", r.error().message.str());
    s.retry_at = now + kPullErrorShown;
    host_.wake(pod, s.retry_at);
    return host_.status_changed(pod);
  }
  s.pull_backoff = {};
  s.image_id = r->id;
  std::string took = pull_time(now - s.op_started);
  host_.event(pod, field_of(pod, c.name), false, "Pulled",
              cat("Successfully pulled image ", quoted(c.image), " in ", took, " (", took,
                  " including waiting). Image size: ", r->size_bytes, " bytes."));
  bool init = false;
  spec_of(pod, c.name, &init);
  if (!asks_for_non_root(*pod.pod, c)) return create(pod, c, s, init);
  s.op = Op::InspectingImage;  // whom it runs as
  ports_.images.inspect(c.image, reply_to(pod, CallFor::InspectUser, c.name));
}

void PodWorker::on_image_user(PodState& pod, const Container& c, ContainerState& s, const Task& task) {
  const auto& r = task.as<Result<std::optional<ports::ImageInfo>>>();
  if (pod.terminating || !pod.terminal_reason.empty()) {
    s.op = Op::None;
    return sync(pod);
  }
  if (r.ok() && *r)
    if (auto allowed = check_non_root(*pod.pod, c, (*r)->user, (*r)->user_name); !allowed.ok())
      return fail(pod, c, s, "CreateContainerConfigError", allowed.error().message, kErrorRetry);
  bool init = false;
  spec_of(pod, c.name, &init);
  create(pod, c, s, init);
}

void PodWorker::create(PodState& pod, const Container& c, ContainerState& s, bool init) {
  if (pod.observed.sandboxes.empty() || !pod.observed.sandboxes[0].ready) {
    s.op = Op::None;
    return refresh(pod);
  }
  const ports::SandboxStatus& sandbox = pod.observed.sandboxes[0];
  Str pod_ip = pod.pod->spec.hostNetwork ? settings_.node.host_ip : sandbox.ip;
  auto env = make_environment({*pod.pod, c, pod_ip, settings_.node.host_ip, &host_.allocatable(), config_});
  if (!env.ok()) return fail(pod, c, s, "CreateContainerConfigError", env.error().message, kErrorRetry);
  if (env->loading) {
    s.op = Op::None;
    return;  // synced again when the ConfigMap or Secret arrives
  }
  const ports::ContainerStatus* last = newest(pod.observed, c.name);
  auto spec = make_container(*pod.pod, c, init, last ? last->attempt + 1 : 0, sandbox.id, c.image, env->env, pod.mounts,
                             settings_.memory_bytes);
  if (!spec.ok()) return fail(pod, c, s, "CreateContainerConfigError", spec.error().message, kErrorRetry);
  s.op = Op::Creating;
  s.resources = std::make_shared<const v1::ResourceRequirements>(c.resources);
  ports_.runtime.create_container(std::move(*spec), reply_to(pod, CallFor::Create, c.name));
}

void PodWorker::on_created(PodState& pod, const Container& c, ContainerState& s, const Task& task) {
  const auto& r = task.as<Result<Str>>();
  if (!r.ok()) return fail(pod, c, s, "CreateContainerError", r.error().message, kErrorRetry);
  host_.event(pod, field_of(pod, c.name), false, "Created", "Container created");
  s.op = Op::Starting;
  const ports::ContainerStatus* last = newest(pod.observed, c.name);
  pod.cause = trace(pod, cat("kubelet/", settings_.node_name), cat("runtime/", settings_.node_name),
                    cat("start container ", c.name),
                    last ? cat("it exited with code ", last->exit_code, " and the restart policy brings it back")
                         : std::string("the pod was assigned to this node and the container doesn't run yet"));
  ports_.runtime.start_container(*r, reply_to(pod, CallFor::Start, c.name, *r));
}

void PodWorker::on_started(PodState& pod, const Container& c, ContainerState& s, const Call& call, const Task& task) {
  const auto& r = task.as<Result<void>>();
  s.op = Op::None;
  if (!r.ok()) {
    clear_waiting(s);  // the runtime reports the failed container as exited; then the crash back-off holds
    host_.event(pod, field_of(pod, c.name), true, "Failed", cat("Error: ", r.error().message));
    return refresh(pod);
  }
  clear_waiting(s);
  s.current_id = call.id;
  s.started = !c.startupProbe;
  s.ready = !c.readinessProbe && !c.startupProbe;
  s.stop_wanted = s.told_to_stop = false;
  s.post_start_done = !(c.lifecycle && c.lifecycle->postStart);
  for (ProbeState& p : s.probes) p = {};
  host_.event(pod, field_of(pod, c.name), false, "Started", "Container started");
  if (!s.post_start_done) run_post_start(pod, c, s);
  refresh(pod);
}

void PodWorker::run_post_start(PodState& pod, const Container& c, ContainerState& s) {
  s.op = Op::PostStart;
  if (!run_hook(pod, *c.lifecycle->postStart, s.current_id, CallFor::PostStart, c.name, Duration{})) {
    s.op = Op::None;
    s.post_start_done = true;
  }
}

// Starts a lifecycle hook; false when there is nothing to wait for. hook_passed() reads the answer.
bool PodWorker::run_hook(PodState& pod, const v1::LifecycleHandler& hook, const Str& id, CallFor what, const Str& name,
                         Duration timeout) {
  if (hook.exec) {
    ports::ExecOptions options;
    options.command = hook.exec->command;
    options.timeout = timeout;
    ports_.runtime.exec_sync(id, options, reply_to(pod, what, name, id));
    return true;
  }
  if (hook.sleep) {
    ports::ReplyTo to = reply_to(pod, what, name, id);
    Duration wait = seconds(hook.sleep->seconds);
    if (timeout.ns > 0 && timeout < wait) wait = timeout;
    ports_.queue.post_after(wait, to.target, to.kind, to.token,
                            std::make_shared<const Result<ports::ExecResult>>(ports::ExecResult{}));
    return true;
  }
  if (hook.httpGet) {
    const Container* c = spec_of(pod, name);
    ports_.prober.http(http_request(pod, *hook.httpGet, c ? c->ports : List<v1::ContainerPort>(),
                                    timeout.ns > 0 ? timeout : kHttpHookTimeout),
                       reply_to(pod, what, name, id));
    return true;
  }
  return false;
}

bool hook_passed(const v1::LifecycleHandler& hook, const Task& task) {
  if (!hook.httpGet) {
    const auto& r = task.as<Result<ports::ExecResult>>();
    return r.ok() && r->exit_code == 0;
  }
  return task.as<ports::ProbeOutcome>().answered;
}

void PodWorker::stop(PodState& pod, const Container& c, ContainerState& s, const Str& id, std::string message,
                     int64_t grace_s) {
  if (s.op != Op::None) return;
  if (grace_s < 0) grace_s = 0;
  pod.kill_deadline = ports_.queue.now() + seconds(grace_s);
  host_.event(pod, field_of(pod, c.name), false, "Killing", std::move(message));
  for (ProbeState& p : s.probes) p.running = false;
  s.ready = false;
  bool hook = c.lifecycle && c.lifecycle->preStop && grace_s > 0;
  if (hook) {
    s.op = Op::PreStop;
    if (run_hook(pod, *c.lifecycle->preStop, id, CallFor::PreStop, c.name, seconds(grace_s))) return;
  }
  finish_stop(pod, s, c.name, id, seconds(grace_s));
}

// A sidecar gets its TERM when the containers that it served have ended: the regular ones and the sidecars after it
// (pkg/kubelet/kuberuntime/kuberuntime_termination_order.go).
bool PodWorker::waits_for_turn(const PodState& pod, const Str& name) const {
  bool killed = pod.terminating || pod.finished || pod.over || pod.rejected || !pod.terminal_reason.empty();
  if (!killed || pod.evicted) return false;
  auto running = [&](const Container& c) {
    const ports::ContainerStatus* s = newest(pod.observed, c.name);
    return s && s->state == ports::ContainerState::Running;
  };
  bool found = false;
  for (const Container& c : pod.pod->spec.initContainers) {
    if (found && is_sidecar(c) && running(c)) return true;
    found = found || (c.name == name && is_sidecar(c));
  }
  if (!found) return false;
  for (const Container& c : pod.pod->spec.containers)
    if (running(c)) return true;
  return false;
}

void PodWorker::finish_stop(PodState& pod, ContainerState& s, const Str& name, const Str& id, Duration grace) {
  s.told_to_stop = grace > seconds(kGraceMin_s) && waits_for_turn(pod, name);
  if (s.told_to_stop) {
    s.op = Op::None;
    return host_.wake(pod, ports_.queue.now() + grace);
  }
  s.op = Op::Stopping;
  pod.cause = trace(pod, cat("kubelet/", settings_.node_name), cat("runtime/", settings_.node_name),
                    cat("stop container ", name), cat("TERM now, KILL after ", grace.s(), " s"));
  ports_.runtime.stop_container(id, grace, reply_to(pod, CallFor::Stop, name, id));
}

}  // namespace orrery::kubelet
