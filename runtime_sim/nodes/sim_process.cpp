// Processes of a simulated node: image programs, shells, exec, logs, signals.
#include "core/base/text.h"
#include "runtime_sim/nodes/shell_host.h"
#include "runtime_sim/nodes/sim_node.h"

namespace orrery::sim {

using ports::ContainerState;
using ports::ReplyTo;
using ports::RuntimeEvent;
using ports::StreamPart;

// Fills in $HOSTNAME, $VERSION (the image's tag) and ${NAME} from the environment.
std::string SimNode::fill(std::string_view text, const Container& c) const {
  std::string out(text);
  if (out.find('$') == std::string::npos) return out;  // most answers
  if (out.find("$VERSION") != std::string::npos) out = replace_all(std::move(out), "$VERSION", parse_image(c.spec.image).tag);
  if (out.find("${") != std::string::npos)
    for (const ports::EnvPair& e : c.spec.env) out = replace_all(std::move(out), cat("${", e.name, "}"), e.value);
  auto sandbox = state_.sandboxes.find(c.spec.sandbox_id);
  return replace_all(std::move(out), "$HOSTNAME", sandbox == state_.sandboxes.end() ? Str() : sandbox->second.spec.hostname);
}

// As a runtime gives it to every process: the image's own, the host's name, then what the pod says.
Map<Str> SimNode::environment_of(const Container& c) const {
  const Image* image = image_of(c);
  Map<Str> env = image ? image->env : Map<Str>();
  auto sandbox = state_.sandboxes.find(c.spec.sandbox_id);
  if (sandbox != state_.sandboxes.end()) env.set("HOSTNAME", sandbox->second.spec.hostname);
  for (const ports::EnvPair& e : c.spec.env) env.set(e.name, e.value);
  return env;
}

int64_t SimNode::memory_of(const Container& c) const {
  const Image* image = image_of(c);
  if (!image) return 0;
  return image->program.memory_bytes + image->program.memory_per_second * (queue_.now() - c.started).s() +
         static_cast<int64_t>(c.store.size()) * 64 + c.leaked + c.leak_per_second * (queue_.now() - c.leak_since).s();
}

SimNode::Container* SimNode::by_number(uint64_t pid, Str* id) {
  auto it = state_.processes.find(pid);
  if (it == state_.processes.end()) return nullptr;
  if (id) *id = it->second.container_id;
  return find(it->second.container_id);
}

void SimNode::log(const Str& id, Container& c, uint8_t channel, std::string_view text) {
  if (text.empty()) return;
  c.log.push_back({clock_.now(), channel, Str(text)});
  c.log_bytes += static_cast<int64_t>(text.size());
  if (c.log.size() > kLogLinesMax) {
    c.log_bytes -= static_cast<int64_t>(c.log.front().text.size());
    c.log.erase(c.log.begin());
    ++c.log_dropped;
  }
  for (auto& [stream, f] : state_.followers) {
    if (f.container_id != id) continue;
    std::string line = f.options.timestamps ? cat(format_rfc3339(c.log.back().at, 9), " ", text) : std::string(text);
    send_stream(f.reply, channel, line);
  }
}

void SimNode::send_stream(const ReplyTo& to, uint8_t channel, std::string_view text) {
  StreamPart part;
  part.channel = channel;
  part.data = text;
  queue_.reply(to, std::move(part));
}

void SimNode::on_start(const Pending& p) {
  Container* c = find(p.id);
  if (!c) return answer_later(p.reply, Result<void>(make_error(Reason::NotFound, cat("No such container: ", p.id))), {});
  // Created before the machine went down: it has no network to start in. Source: containerd internal/cri, StartContainer.
  auto sandbox = state_.sandboxes.find(c->spec.sandbox_id);
  if (sandbox == state_.sandboxes.end() || !sandbox->second.status.ready)
    return answer_later(p.reply, Result<void>(make_error(Reason::InternalError, cat("sandbox container ", quoted(c->spec.sandbox_id), " is not running"))), {});
  const Image* image = image_of(*c);
  List<Str> argv = c->spec.command;
  if (argv.empty() && image) argv = image->entrypoint;
  bool own_args = c->spec.command.empty() && c->spec.args.empty();
  if (own_args && image)
    for (const Str& a : image->cmd) argv.push_back(a);
  for (const Str& a : c->spec.args) argv.push_back(a);
  bool known = image && !image->shell_main && !argv.empty() && !image->entrypoint.empty() && argv[0] == image->entrypoint[0];
  bool program = known || (image && image->plain);
  c->status.started_at = clock_.now();
  c->started = queue_.now();
  std::string error;
  std::optional<ShellState> shell;
  const Map<Str> env = environment_of(*c);
  if (!program && !argv.empty()) {
    // A shell without a terminal or input reads end of file at once and exits, as the real one does.
    shell = start_command(argv, env, c->spec.stdin_open, error);
    if (!shell) {
      c->status.state = ContainerState::Exited;
      c->status.exit_code = 128;
      c->status.reason = "StartError";
      c->status.message = cat("failed to create containerd task: failed to create shim task: OCI runtime create failed: "
                              "runc create failed: unable to start container process: ", error);
      c->status.finished_at = clock_.now();
      notify(RuntimeEvent::Type::ContainerDied, c->spec.pod, p.id);
      return answer_later(p.reply, Result<void>(make_error(Reason::Invalid, c->status.message)), {});
    }
    if (!c->spec.working_dir.empty()) shell->cwd = c->spec.working_dir;
    shell->interactive = shell->interactive && c->spec.tty;
  }
  c->status.state = ContainerState::Running;
  notify(RuntimeEvent::Type::ContainerStarted, c->spec.pod, p.id);
  answer_later(p.reply, Result<void>(), {});
  std::string command;
  for (const Str& a : argv) command += (command.empty() ? "" : " ") + a.str();
  uint64_t pid = start_process(p.id, shell ? std::move(*shell) : ShellState{}, command);
  c->main_pid = pid;
  if (program) {
    run_program(p.id, *c, *image);
  } else {
    state_.processes[pid].is_shell = true;
    run_process(pid);
  }
  if (Container* running = find(p.id)) feel_faults(*running);
}

uint64_t SimNode::start_process(const Str& id, ShellState shell, Str command) {
  uint64_t pid = id_number();
  Process& p = state_.processes[pid];
  p.pid = pid;
  p.container_id = id;
  p.shell = std::move(shell);
  p.command = std::move(command);
  return pid;
}

void SimNode::run_program(const Str& id, Container& c, const Image& image) {
  const Program& p = image.program;
  uint64_t pid = c.main_pid;
  for (const Str& line : p.start_logs) log(id, c, 1, fill(line, c) + "\n");
  if (!p.listens.empty()) c.listen_task = queue_.post_after(p.start_delay, id_, kListen, pid);
  Duration runs_for = image.plain && c.spec.ends ? kPlainRuns : p.runs_for;
  if (runs_for.ns > 0) c.exit_task = queue_.post_after(runs_for, id_, kExited, pid);
  if (p.log_every.ns > 0) c.log_task = queue_.post_after(p.log_every, id_, kLogTick, pid);
  plan_oom(c);
}

void SimNode::exit_container(const Str& id, Container& c, int32_t code, int32_t signal, std::string_view reason) {
  if (c.status.state != ContainerState::Running) return;
  c.status.state = ContainerState::Exited;
  c.status.exit_code = code;
  c.status.signal = 0;
  (void)signal;  // containerd reports signals as exit codes 128+n, and so does the pod's status
  c.status.reason = !reason.empty() ? Str(reason) : Str(code == 0 ? "Completed" : "Error");
  c.status.message = termination_message(c);
  c.status.finished_at = clock_.now();
  network_.unlisten(id);
  for (uint64_t* task : {&c.exit_task, &c.oom_task, &c.log_task, &c.listen_task}) {
    if (*task) queue_.cancel(*task);
    *task = 0;
  }
  std::vector<uint64_t> pids;
  for (auto& [pid, p] : state_.processes)
    if (p.container_id == id) pids.push_back(pid);
  for (uint64_t pid : pids) end_process(pid, pid == c.main_pid ? code : 137);
  std::vector<uint64_t> streams;
  for (auto& [stream, f] : state_.followers)
    if (f.container_id == id) streams.push_back(stream);
  for (uint64_t stream : streams) {
    StreamPart end;
    end.end = true;
    queue_.reply(state_.followers[stream].reply, end);
    state_.followers.erase(stream);
  }
  for (const ReplyTo& to : c.stop_waiters) queue_.reply(to, Result<void>());
  c.stop_waiters.clear();
  if (c.status.reason == "OOMKilled") notify(RuntimeEvent::Type::ContainerOom, c.spec.pod, id);
  notify(RuntimeEvent::Type::ContainerDied, c.spec.pod, id);
}

// SIGTERM, then SIGKILL after `grace`. A shell as PID 1 has no handler for TERM, so it ignores it: the kernel's rule.
void SimNode::terminate(const Str& id, Container& c, Duration grace) {
  const Image* image = image_of(c);
  auto main = state_.processes.find(c.main_pid);
  bool shell = main != state_.processes.end() && main->second.is_shell;
  bool ignores = shell || (image && image->program.ignores_term);
  if (grace.ns <= 0) return exit_container(id, c, 137, 9, "Error");
  queue_.post_after(grace, id_, kKill, c.main_pid);
  if (!ignores && image) queue_.post_after(image->program.term_delay, id_, kTermExit, c.main_pid);
}

void SimNode::end_process(uint64_t pid, int32_t code, std::optional<Error> error) {
  auto it = state_.processes.find(pid);
  if (it == state_.processes.end()) return;
  Process p = std::move(it->second);
  state_.processes.erase(it);
  if (p.wake_task) queue_.cancel(p.wake_task);
  if (p.timeout_task) queue_.cancel(p.timeout_task);
  if (!p.stream) return;
  if (p.sync) {
    if (error) return queue_.reply(*p.stream, Result<ports::ExecResult>(*error)), void();
    queue_.reply(*p.stream, Result<ports::ExecResult>(ports::ExecResult{code, p.output}));
    return;
  }
  StreamPart end;
  end.end = true;
  end.exit_code = code;
  end.error = std::move(error);
  queue_.reply(*p.stream, end);
}

void SimNode::run_process(uint64_t pid, const NetResult* net) {
  Str id;
  Container* c = by_number(pid, &id);
  if (!c) return;
  Process& p = state_.processes[pid];
  ShellWait wait;
  {  // what it wrote is kept before it ends
    ContainerShellHost host(*this, id, pid);
    wait = step(p.shell, host, net);
  }
  if (!state_.processes.count(pid)) return;  // it killed itself
  p.waits_input = wait.what == ShellWait::For::Input;
  switch (wait.what) {
    case ShellWait::For::Nothing:
    case ShellWait::For::Input: break;
    case ShellWait::For::Time: p.wake_task = queue_.post_after(wait.time, id_, kWakeProcess, pid); break;
    case ShellWait::For::Network: {
      NetRequest r;
      r.from_node = name_;
      r.from = cat("pod/", c->spec.pod.uid);
      r.from_ip = c->ip;
      r.ns = c->spec.pod.ns;
      r.host = from_hosts_file(*c, wait.host);
      r.port = wait.port;
      r.method = wait.method;
      r.path = wait.path;
      r.body = wait.body;
      r.connect_only = wait.tool == "nc";
      NetAnswer a = network_.request(r);
      NetResult out;
      out.ok = a.verdict == Verdict::Answered;
      out.status = a.status;
      out.body = a.body;
      out.address = a.address;
      out.why = a.verdict == Verdict::Refused ? "Connection refused" : a.verdict == Verdict::Dropped ? "Connection timed out" : a.why;
      out.took = a.took;
      if (wait.timeout.ns > 0 && out.took > wait.timeout && a.verdict != Verdict::NoSuchHost) {  // it begins after the name
        out.ok = false;
        out.why = wait.tool == "wget" ? kDownloadTimedOut : "Connection timed out";
        out.took = wait.timeout;
      }
      Duration took = out.took;
      p.wake_task = queue_.post_after(took, id_, kNetAnswer, pid, std::make_shared<const NetResult>(std::move(out)));
      break;
    }
    case ShellWait::For::Exit:
      if (pid == c->main_pid)
        exit_container(id, *c, wait.exit_code, 0, {});
      else
        end_process(pid, wait.exit_code);
      break;
  }
}

// Without a limit requests run beside each other; with one they wait in line for their share.
Duration SimNode::compute(Container& c, int64_t micros_of_cpu) {
  c.cpu_micros += micros_of_cpu;
  if (c.spec.cpu_limit_milli <= 0) return micros(micros_of_cpu);
  c.cpu_free = std::max(c.cpu_free, queue_.now()) + micros(micros_of_cpu * 1000 / c.spec.cpu_limit_milli);
  return std::max(c.cpu_free - queue_.now(), micros(micros_of_cpu));
}

int64_t SimNode::computed_micros(const Container& c) const {
  Duration left = c.cpu_free - queue_.now();
  return left.ns <= 0 ? c.cpu_micros : c.cpu_micros - left.ns / 1000 * c.spec.cpu_limit_milli / 1000;
}

NetAnswer SimNode::answer(const Str& container_id, const NetRequest& r) {
  NetAnswer a;
  Container* c = find(container_id);
  if (!c || c->status.state != ContainerState::Running) {
    a.verdict = Verdict::Refused;
    a.why = "the container has exited";
    return a;
  }
  const Image* image = image_of(*c);
  ++c->requests;
  a.took = micros(400);
  auto served = c->served.find(r.port);
  for (auto& [port, body] : c->served)
    if (c->ip == r.host || r.port == port) served = c->served.find(port);
  if (served != c->served.end()) {
    a.body = served->second;
    return a;
  }
  if (!image) return a;
  if (image->program.key_value_store) {
    std::string key = r.path.str().substr(1);
    if (r.method == "PUT" || r.method == "POST") {
      c->store.set(key, r.body);
      a.body = "OK\n";
    } else if (const Str* value = c->store.find(key)) {
      a.body = cat(*value, "\n");
    } else {
      a.status = 404;
      a.body = "(nil)\n";
    }
    return a;
  }
  bool found = false;
  for (const HttpAnswer& h : image->program.answers) {
    bool prefix = ends_with(h.path, "*");
    std::string_view want = prefix ? h.path.view().substr(0, h.path.size() - 1) : h.path.view();
    if (prefix ? !starts_with(r.path, want) : r.path != want) continue;
    a.status = queue_.now() - c->started < h.after ? 503 : h.status;
    a.body = h.body.view().find('$') == std::string_view::npos ? h.body : Str(fill(h.body, *c));
    a.took = compute(*c, h.cpu_micros);
    found = true;
    break;
  }
  if (!found) {
    a.status = 404;
    a.body = "404 page not found\n";
  }
  if (starts_with(r.from, "kubelet/") && fault_of(*c, ProcessFault::What::FailProbes)) {
    a.status = 500;
    a.body = "500 internal server error\n";
  }
  if (state_.faults.noisy_percent) a.took = a.took * 100 / (100 - std::min<int64_t>(state_.faults.noisy_percent, 99));
  if (image->program.access_log)
    log(container_id, *c, 1, cat(r.from_node, " - - \"", r.method, " ", r.path, " HTTP/1.1\" ", a.status, " ", a.body.size(), "\n"));
  return a;
}

void SimNode::exec_sync(Str id, ports::ExecOptions options, ReplyTo reply) {
  if (off(reply)) return;
  Container* c = find(id);
  std::string error = "container not running";
  std::optional<ShellState> shell;
  const Image* image = c && c->status.state == ContainerState::Running ? image_of(*c) : nullptr;
  if (image && image->plain) return answer_later(reply, Result<ports::ExecResult>(ports::ExecResult{0, {}}), timings_.exec);
  if (c && c->status.state == ContainerState::Running) shell = start_command(options.command, environment_of(*c), false, error);
  if (!shell)
    return answer_later(reply, Result<ports::ExecResult>(ports::ExecResult{126, cat("OCI runtime exec failed: exec failed: ", error)}),
                        timings_.exec);
  uint64_t pid = start_process(id, std::move(*shell), options.command.empty() ? Str() : options.command[0]);
  Process& p = state_.processes[pid];
  p.is_shell = true;
  p.stream = reply;
  p.sync = true;
  if (options.timeout.ns > 0) p.timeout_task = queue_.post_after(options.timeout, id_, kExecTimeout, pid);
  p.wake_task = queue_.post_after(timings_.exec, id_, kWakeProcess, pid);
}

uint64_t SimNode::exec(Str id, ports::ExecOptions options, ReplyTo reply) {
  if (off(reply)) return 0;
  Container* c = find(id);
  std::string error = "container not running";
  std::optional<ShellState> shell;
  if (c && c->status.state == ContainerState::Running) shell = start_command(options.command, environment_of(*c), options.stdin_open, error);
  if (!shell) {
    StreamPart end;
    end.end = true;
    end.exit_code = 126;
    end.error = make_error(Reason::InternalError,
                           cat("OCI runtime exec failed: exec failed: unable to start container process: ", error));
    answer_later(reply, std::move(end), timings_.query);
    return 0;
  }
  shell->interactive = shell->interactive && options.tty;
  uint64_t pid = start_process(id, std::move(*shell), options.command.empty() ? Str() : options.command[0]);
  Process& p = state_.processes[pid];
  p.is_shell = true;
  p.tty = options.tty;
  p.stream = reply;
  p.wake_task = queue_.post_after(timings_.exec, id_, kWakeProcess, pid);
  answer_later(reply, StreamPart{}, timings_.query);
  return pid;
}

uint64_t SimNode::attach(Str id, bool stdin_open, bool, ReplyTo reply) {
  if (off(reply)) return 0;
  uint64_t stream = id_number();
  state_.followers[stream] = {id, reply, {}, stdin_open};
  answer_later(reply, StreamPart{}, timings_.query);
  return stream;
}

uint64_t SimNode::logs(Str id, ports::LogOptions options, ReplyTo reply) {
  if (off(reply)) return 0;
  Container* c = find(id);
  StreamPart end;
  end.end = true;
  if (!c) {
    end.error = make_error(Reason::NotFound, cat("No such container: ", id));
    answer_later(reply, std::move(end), timings_.query);
    return 0;
  }
  size_t first = 0;
  if (options.tail_lines >= 0 && static_cast<size_t>(options.tail_lines) < c->log.size())
    first = c->log.size() - static_cast<size_t>(options.tail_lines);
  int64_t left = options.limit_bytes;
  for (size_t i = first; i < c->log.size() && left != 0; ++i) {
    const LogLine& line = c->log[i];
    if (options.since.is_set() && line.at < options.since) continue;
    std::string text = options.timestamps ? cat(format_rfc3339(line.at, 9), " ", line.text) : line.text.str();
    if (left > 0 && static_cast<int64_t>(text.size()) > left) text.resize(static_cast<size_t>(left));
    if (left > 0) left -= static_cast<int64_t>(text.size());
    send_stream(reply, line.channel, text);
  }
  if (!options.follow || c->status.state != ContainerState::Running) {
    queue_.reply(reply, end);
    return 0;
  }
  uint64_t stream = id_number();
  state_.followers[stream] = {id, reply, options};
  return stream;
}

constexpr char kInterrupt = 3;  // what a terminal sends for Ctrl-C

// The process that reads what a stream sends: the one that exec started, or the main one of the container attached to.
SimNode::Process* SimNode::reader_of(uint64_t stream) {
  auto own = state_.processes.find(stream);
  if (own != state_.processes.end()) return &own->second;
  auto follower = state_.followers.find(stream);
  if (follower == state_.followers.end() || !follower->second.writes) return nullptr;
  const Container* c = find(follower->second.container_id);
  auto main = c ? state_.processes.find(c->main_pid) : state_.processes.end();
  return main == state_.processes.end() || !main->second.shell.input_open ? nullptr : &main->second;
}

void SimNode::stream_input(uint64_t stream, Str bytes) {
  Process* reader = reader_of(stream);
  if (!reader) return;
  const uint64_t pid = reader->pid;
  std::string_view rest = bytes.view();
  // The terminal's signal ends a program. A container's main process, PID 1, ignores it unless it asked for it (signal(7)).
  const bool program = reader->tty && !(reader->shell.interactive && reader->shell.reads_commands);
  if (program && rest.find(kInterrupt) != std::string_view::npos) {
    send_stream(*reader->stream, 1, "^C");
    return end_process(pid, 130);
  }
  const size_t stop = reader->waits_input ? std::string_view::npos : rest.rfind(kInterrupt);
  if (stop != std::string_view::npos) {
    ContainerShellHost host(*this, reader->container_id, pid);
    if (interrupt(reader->shell, host)) {
      if (reader->wake_task) queue_.cancel(reader->wake_task);
      reader->wake_task = 0;
      reader->shell.pending_input.clear();
      reader->waits_input = true;  // what follows is read by the shell itself
      rest.remove_prefix(stop + 1);
    }
  }
  reader->shell.pending_input += rest;
  if (reader->waits_input) run_process(pid);
}

// Input of a container ends with an attached client's only if it was to be attached to once (stdinOnce).
void SimNode::stream_close_input(uint64_t stream) {
  Process* reader = reader_of(stream);
  if (!reader) return;
  const Container* c = find(reader->container_id);
  if (reader->pid != stream && !(c && c->spec.stdin_once)) return;
  reader->shell.input_open = false;
  if (reader->waits_input) run_process(reader->pid);
}

void SimNode::stream_resize(uint64_t, uint16_t, uint16_t) {}

void SimNode::stream_cancel(uint64_t stream) {
  if (!state_.processes.count(stream)) stream_close_input(stream);
  state_.followers.erase(stream);
  auto it = state_.processes.find(stream);
  if (it == state_.processes.end()) return;
  it->second.stream.reset();
  end_process(stream, 137);
}

void SimNode::on_sandbox_up(const Pending& p) {
  Sandbox s;
  s.spec = p.sandbox;
  s.status.id = new_id(cat("sandbox/", p.sandbox.pod.uid));
  s.status.pod = p.sandbox.pod;
  s.status.attempt = p.sandbox.attempt;
  s.status.created_at = clock_.now();
  s.status.ready = true;
  s.status.ip = p.sandbox.host_network ? Str() : network_.allocate_pod_ip(index_);
  if (s.status.ip.empty() && !p.sandbox.host_network) {
    queue_.reply(p.reply, Result<Str>(make_error(Reason::InternalError, "no addresses left in the node's pod range")));
    return;
  }
  Str sandbox_id = s.status.id;
  state_.sandboxes[sandbox_id] = std::move(s);
  queue_.reply(p.reply, Result<Str>(sandbox_id));
}

void SimNode::on_task(const ports::Task& task) {
  if (!state_.powered) return;
  Str id;
  Container* c = task.kind == kSandboxUp || task.kind == kCreate || task.kind == kStart || task.kind == kPulled
                     ? nullptr : by_number(task.arg, &id);
  bool main = c && c->main_pid == task.arg && c->status.state == ContainerState::Running;
  switch (task.kind) {
    case kSandboxUp: on_sandbox_up(task.as<Pending>()); break;
    case kCreate: {
      const auto& p = task.as<Pending>();
      auto sandbox = state_.sandboxes.find(p.container.sandbox_id);
      if (sandbox == state_.sandboxes.end() || !sandbox->second.status.ready) {
        queue_.reply(p.reply, Result<Str>(make_error(Reason::NotFound, cat("sandbox ", quoted(p.container.sandbox_id), " is not ready"))));
        break;
      }
      if (state_.faults.disk_full) {
        queue_.reply(p.reply, Result<Str>(make_error(Reason::InternalError, "failed to create containerd container: write: no space left on device")));
        break;
      }
      Container made;
      made.spec = p.container;
      made.image = image_named(p.container.image);
      made.ip = sandbox->second.status.ip.empty() ? address_ : sandbox->second.status.ip;
      Str container_id = new_id(cat("container/", p.container.pod.uid, "/", p.container.name));
      made.status.id = container_id;
      made.status.name = p.container.name;
      made.status.attempt = p.container.attempt;
      made.status.state = ContainerState::Created;
      made.status.created_at = clock_.now();
      made.status.image = p.container.image;
      made.status.image_id = cat(parse_image(p.container.image).repository, "@", image_id(p.container.image));
      made.status.spec_hash = p.container.spec_hash;
      state_.containers[container_id] = std::move(made);
      queue_.reply(p.reply, Result<Str>(container_id));
      break;
    }
    case kStart: on_start(task.as<Pending>()); break;
    case kPulled: {
      const Str& image = task.as<Pending>().id;
      ImageName n = parse_image(image);
      Str key = cat(n.repository, ":", n.tag);
      const Image* data = image_named(image);
      bool missing = !data || state_.faults.missing_images.count(key) > 0;
      bool full = state_.faults.disk_full && !missing;
      std::vector<ReplyTo> waiting = std::move(state_.pulls[key]);
      state_.pulls.erase(key);
      if (!missing && !full && !state_.faults.registry_down && state_.images.insert(key).second)
        state_.image_bytes += static_cast<int64_t>(data->size_bytes);
      for (const ReplyTo& to : waiting) {
        if (state_.faults.registry_down)
          queue_.reply(to, Result<ports::PullResult>(make_error(Reason::ServiceUnavailable,
              cat("failed to pull and unpack image ", quoted(key), ": failed to do request: dial tcp: i/o timeout"))));
        else if (full)
          queue_.reply(to, Result<ports::PullResult>(make_error(Reason::InternalError,
              cat("failed to pull and unpack image ", quoted(key), ": failed to extract layer: write: no space left on device"))));
        else if (missing)
          queue_.reply(to, Result<ports::PullResult>(make_error(Reason::NotFound,
              cat("failed to pull and unpack image ", quoted(key), ": failed to resolve reference ", quoted(key), ": ", key, ": not found"))));
        else
          queue_.reply(to, Result<ports::PullResult>(ports::PullResult{image_id(image), data->size_bytes}));
      }
      break;
    }
    case kExited: {
      const Image* image = main ? image_of(*c) : nullptr;
      if (image) exit_container(id, *c, image->program.exit_code, 0, {});
      break;
    }
    case kTermExit: {
      const Image* image = main ? image_of(*c) : nullptr;
      if (image) exit_container(id, *c, image->program.term_exit_code, 15, {});
      break;
    }
    case kKill: if (main) exit_container(id, *c, 137, 9, "Error"); break;
    case kOom: if (main) exit_container(id, *c, 137, 9, "OOMKilled"); break;
    case kCrash: if (main && fault_of(*c, ProcessFault::What::CrashLoop)) exit_container(id, *c, 1, 0, "Error"); break;
    case kLogTick: {
      const Image* image = main ? image_of(*c) : nullptr;
      if (!image) break;
      log(id, *c, 1, fill(image->program.log_line, *c) + "\n");
      c->log_task = queue_.post_after(image->program.log_every, id_, kLogTick, task.arg);
      break;
    }
    case kListen: {
      const Image* image = main ? image_of(*c) : nullptr;
      if (!image) break;
      c->listen_task = 0;
      for (int32_t port : image->program.listens) network_.listen(c->ip, port, name_, id, c->spec.pod.uid);
      break;
    }
    case kWakeProcess: run_process(task.arg); break;
    case kNetAnswer: run_process(task.arg, &task.as<NetResult>()); break;
    case kExecTimeout: end_process(task.arg, 137, make_error(Reason::Timeout, "command timed out")); break;
  }
}

}  // namespace orrery::sim
