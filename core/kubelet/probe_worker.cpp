// Startup, liveness and readiness probes. Part of PodWorker. Rules: pkg/kubelet/prober (worker.go doProbe, prober.go).
#include "core/base/text.h"
#include "core/kubelet/pod_worker.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;
using ports::Task;

namespace {

const Str kHttp = "HTTP", kRoot = "/";  // of every probe
constexpr int32_t kPeriodDefault_s = 10, kTimeoutDefault_s = 1, kFailureDefault = 3;

const char* name_of(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::Startup: return "Startup";
    case ProbeKind::Liveness: return "Liveness";
    case ProbeKind::Readiness: return "Readiness";
  }
  return "";
}

const v1::Probe* probe_spec(const v1::Container& c, ProbeKind kind) {
  switch (kind) {
    case ProbeKind::Startup: return c.startupProbe.get();
    case ProbeKind::Liveness: return c.livenessProbe.get();
    case ProbeKind::Readiness: return c.readinessProbe.get();
  }
  return nullptr;
}

Duration period_of(const v1::Probe& p) { return seconds(p.periodSeconds > 0 ? p.periodSeconds : kPeriodDefault_s); }
Duration timeout_of(const v1::Probe& p) { return seconds(p.timeoutSeconds > 0 ? p.timeoutSeconds : kTimeoutDefault_s); }

// A number, or the name of one of the container's ports; 0: there is no such port.
int32_t resolve_port(const api::IntOrString& port, const List<v1::ContainerPort>& ports) {
  if (!port.is_string) return port.number;
  for (const v1::ContainerPort& p : ports)
    if (p.name == port.text) return p.containerPort;
  int64_t n = 0;
  return parse_int64(port.text, n) ? static_cast<int32_t>(n) : 0;
}

}  // namespace

void PodWorker::sync_probes(PodState& pod) {
  auto each = [&](const List<Container>& containers) {
    for (const Container& c : containers) {
      ContainerState& s = pod.containers[c.name];
      const ports::ContainerStatus* running = newest(pod.observed, c.name);
      if (!running || running->state != ports::ContainerState::Running || s.current_id != running->id) continue;
      if (s.op == Op::Stopping || s.op == Op::PreStop || s.op == Op::PostStart) continue;
      if (s.stop_wanted) continue;
      for (int k = 0; k < kProbeKinds; ++k) {
        ProbeKind kind = static_cast<ProbeKind>(k);
        sync_probe(pod, c, s, kind, probe_spec(c, kind), *running);
      }
    }
  };
  each(pod.pod->spec.initContainers);
  each(pod.pod->spec.containers);
}

void PodWorker::sync_probe(PodState& pod, const Container& c, ContainerState& s, ProbeKind kind, const v1::Probe* probe,
                           const ports::ContainerStatus& running) {
  if (!probe) return;
  bool startup = kind == ProbeKind::Startup;
  if (startup == s.started) return;  // the startup probe first, the others after it
  ProbeState& p = s.probes[static_cast<int>(kind)];
  Instant now = ports_.queue.now();
  if (!p.running) {
    Duration since_start = running.started_at.is_set() ? ports_.clock.now() - running.started_at : Duration{};
    Duration delay = seconds(probe->initialDelaySeconds) - since_start;
    p = {};
    p.running = true;
    p.container_id = running.id;
    p.next = delay.ns > 0 ? now + delay : now;
  }
  if (p.in_flight) return;
  if (now < p.next) return host_.wake_probes(pod, p.next);
  p.in_flight = true;
  p.next = now + period_of(*probe);
  send_probe(pod, c, *probe, kind, running.id);
}

Str PodWorker::address_of(const PodState& pod) const {
  if (pod.pod->spec.hostNetwork) return settings_.node.host_ip;
  return pod.observed.sandboxes.empty() ? Str() : pod.observed.sandboxes[0].ip;
}

ports::HttpProbe PodWorker::http_request(const PodState& pod, const v1::HTTPGetAction& get,
                                         const List<v1::ContainerPort>& ports, Duration timeout) const {
  ports::HttpProbe request;
  request.scheme = get.scheme.empty() ? kHttp : get.scheme;
  request.host = get.host.empty() ? address_of(pod) : get.host;
  request.port = resolve_port(get.port, ports);
  request.path = get.path.empty() ? kRoot : get.path;
  for (const v1::HTTPHeader& h : get.httpHeaders) request.headers.set(h.name, h.value);
  request.timeout = timeout;
  return request;
}

void PodWorker::send_probe(PodState& pod, const Container& c, const v1::Probe& probe, ProbeKind kind, const Str& id) {
  ports::ReplyTo to = reply_to(pod, CallFor::Probe, c.name, id, kind);
  if (probe.exec) {
    ports::ExecOptions options;
    options.command = probe.exec->command;
    options.timeout = timeout_of(probe);
    ports_.runtime.exec_sync(id, options, to);
  } else if (probe.httpGet) {
    ports_.prober.http(http_request(pod, *probe.httpGet, c.ports, timeout_of(probe)), to);
  } else if (probe.tcpSocket) {
    Str host = probe.tcpSocket->host.empty() ? address_of(pod) : probe.tcpSocket->host;
    ports_.prober.tcp(host, resolve_port(probe.tcpSocket->port, c.ports), timeout_of(probe), to);
  } else if (probe.grpc) {
    ports_.prober.grpc(address_of(pod), probe.grpc->port, probe.grpc->service.value_or(Str()), timeout_of(probe), to);
  } else {
    ports_.queue.reply(to, ports::ProbeOutcome{true, {}});
  }
}

void PodWorker::on_probe(PodState& pod, const Call& call, const Task& task) {
  bool init = false;
  const Container* c = spec_of(pod, call.container, &init);
  const v1::Probe* probe = c ? probe_spec(*c, call.probe) : nullptr;
  ContainerState& s = pod.containers[call.container];
  ProbeState& p = s.probes[static_cast<int>(call.probe)];
  if (!probe || !p.running || p.container_id != call.id || s.current_id != call.id) return;
  p.in_flight = false;
  ports::ProbeOutcome outcome;
  if (probe->exec) {
    const auto& r = task.as<Result<ports::ExecResult>>();
    outcome.success = r.ok() && r->exit_code == 0;
    outcome.message = r.ok() ? r->output
                      : r.error().reason == Reason::Timeout
                          ? Str(cat("command timed out: ", quoted(join([&] {
                                      std::vector<std::string> words;
                                      for (const Str& w : probe->exec->command) words.push_back(w.str());
                                      return words;
                                    }(), " ")), " timed out after ", format_go_duration(timeout_of(*probe))))
                          : r.error().message;
  } else {
    outcome = task.as<ports::ProbeOutcome>();
  }
  p.streak = p.streak > 0 && p.last == outcome.success ? p.streak + 1 : 1;
  p.last = outcome.success;
  if (!outcome.success)
    host_.event(pod, field_of(pod, c->name), true, "Unhealthy",
                cat(name_of(call.probe), " probe failed: ", outcome.message));
  int32_t needed = outcome.success ? (probe->successThreshold > 0 ? probe->successThreshold : 1)
                                   : (probe->failureThreshold > 0 ? probe->failureThreshold : kFailureDefault);
  bool changed = p.streak >= needed && act_on(pod, *c, s, call.probe, outcome.success);
  if (changed) sync(pod);
  else probe_again(pod);
}

// Most probes say what the one before said: then nothing but the next one is due.
void PodWorker::probe_again(PodState& pod) {
  if (!pod.observed_valid || pod.gone || pod.terminating || pod.rejected || pod.finished || !pod.terminal_reason.empty()) return sync(pod);
  sync_probes(pod);
}

// A threshold was reached. False when that changes nothing.
bool PodWorker::act_on(PodState& pod, const Container& c, ContainerState& s, ProbeKind kind, bool success) {
  ProbeState& p = s.probes[static_cast<int>(kind)];
  bool changed = !p.have_result || p.result != success;
  p.have_result = true;
  p.result = success;
  switch (kind) {
    case ProbeKind::Readiness: s.ready = success; break;
    case ProbeKind::Startup:
      if (success) {
        s.started = true;
        s.ready = !c.readinessProbe;
        p.running = false;
        break;
      }
      [[fallthrough]];
    case ProbeKind::Liveness: {
      if (success || s.stop_wanted || s.op != Op::None) break;
      const v1::Probe* probe = probe_spec(c, kind);
      s.stop_wanted = true;
      s.stop_reason = cat("Container ", c.name, " failed ", kind == ProbeKind::Startup ? "startup" : "liveness",
                          " probe, will be restarted");
      if (probe->terminationGracePeriodSeconds) s.stop_grace_s = *probe->terminationGracePeriodSeconds;
      p.running = false;
      stop(pod, c, s, s.current_id, s.stop_reason.str(), s.stop_grace_s.value_or(grace_of(pod)));
      break;
    }
  }
  if (changed)
    trace(pod, cat("kubelet/", settings_.node_name), cat("pod/", pod.ref.uid),
          cat(name_of(kind), " probe ", success ? "passed" : "failed"),
          kind == ProbeKind::Readiness ? (success ? "Services may send it requests now" : "Services stop sending it requests")
                                       : (success ? "it is alive" : "it will be restarted"));
  return changed || s.stop_wanted;
}

}  // namespace orrery::kubelet
