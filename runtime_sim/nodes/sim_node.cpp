// The runtime: sandboxes, containers, images, volumes. Processes and streams are in sim_process.cpp.
#include "runtime_sim/nodes/sim_node.h"

#include "core/base/text.h"

namespace orrery::sim {

using ports::ContainerState;
using ports::ReplyTo;
using ports::RuntimeEvent;

SimNode::SimNode(ports::TaskQueue& queue, const ports::Clock& clock, SimNetwork& network, ports::TraceSink* trace,
                 Rng rng, Str name, uint32_t index, NodeTimings timings, NodeSize size, const Registry* registry)
    : queue_(queue), clock_(clock), network_(network), trace_(trace), rng_(rng), name_(std::move(name)), agent_(cat("kubelet/", name_)), index_(index),
      address_(network.node_address(index)), timings_(timings), size_(size), registry_(registry),
      id_(queue.attach(*this)) {
  network_.add_node(name_, address_, *this);
}

SimNode::~SimNode() {
  network_.remove_node(name_);
  queue_.detach(id_);
}

void SimNode::copy_from(const SimNode& other) {
  state_ = other.state_;
  if (!registry_ || !registry_->has_own()) return;
  for (auto& [id, c] : state_.containers)
    if (c.image) c.image = image_named(c.spec.image);
}

// A machine that is off answers nothing: as for a real one, the caller's own time-out decides.
bool SimNode::off(ReplyTo) { return !state_.powered; }

// 64 hex digits as container ids have; deterministic.
Str SimNode::new_id(std::string_view what) {
  std::string id;
  uint64_t h = fnv1a(cat(name_, "/", what, "/", state_.next_id++));
  for (int i = 0; i < 4; ++i) {
    id += hex64(h);
    h = fnv1a(id);
  }
  return id;
}

SimNode::Container* SimNode::find(const Str& id) {
  auto it = state_.containers.find(id);
  return it == state_.containers.end() ? nullptr : &it->second;
}

void SimNode::notify(RuntimeEvent::Type type, const ports::PodRef& pod, const Str& container_id) {
  for (const ReplyTo& to : state_.subscribers) queue_.reply(to, RuntimeEvent{type, pod, container_id});
}

void SimNode::power(bool on) {
  if (on == state_.powered) return;
  state_.powered = on;
  state_.faults.down = !on;
  network_.set_node_down(name_, !on);
  if (on) return;
  for (auto& [id, c] : state_.containers)
    if (c.status.state == ContainerState::Running) {
      c.stop_waiters.clear();
      exit_container(id, c, 137, 9, "Error");
    }
  for (auto& [id, s] : state_.sandboxes) s.status.ready = false;
  for (auto& [pid, p] : state_.processes) {
    if (p.wake_task) queue_.cancel(p.wake_task);
    if (p.timeout_task) queue_.cancel(p.timeout_task);
  }
  state_.processes.clear();
  state_.followers.clear();
  state_.subscribers.clear();
  state_.pulls.clear();
}

bool SimNode::kill_container(const Str& pod_uid, const Str& container, int signal, std::string_view reason) {
  for (auto& [id, c] : state_.containers) {
    if (c.spec.pod.uid != pod_uid || (!container.empty() && c.spec.name != container)) continue;
    if (c.status.state != ContainerState::Running) continue;
    exit_container(id, c, 128 + signal, signal, reason.empty() ? std::string_view("Error") : reason);
    return true;
  }
  return false;
}

void SimNode::info(ReplyTo reply) {
  if (off(reply)) return;
  answer_later(reply, Result<ports::RuntimeInfo>(ports::RuntimeInfo{"sim", "1.0", "v1", "/var/lib/sim"}), timings_.query);
}

void SimNode::run_sandbox(ports::SandboxSpec spec, ReplyTo reply) {
  if (off(reply)) return;
  Pending p;
  p.sandbox = std::move(spec);
  p.reply = reply;
  queue_.post_after(timings_.sandbox, id_, kSandboxUp, 0, std::make_shared<const Pending>(std::move(p)));
}

void SimNode::stop_sandbox(Str id, ReplyTo reply) {
  if (off(reply)) return;
  auto it = state_.sandboxes.find(id);
  if (it != state_.sandboxes.end() && it->second.status.ready) {
    it->second.status.ready = false;
    for (auto& [cid, c] : state_.containers)
      if (c.spec.sandbox_id == id && c.status.state == ContainerState::Running) exit_container(cid, c, 137, 9, "Error");
    if (!it->second.spec.host_network) network_.release_pod_ip(it->second.status.ip);
  }
  answer_later(reply, Result<void>(), timings_.remove);
}

void SimNode::remove_sandbox(Str id, ReplyTo reply) {
  if (off(reply)) return;
  auto it = state_.sandboxes.find(id);
  if (it != state_.sandboxes.end()) {
    if (it->second.status.ready && !it->second.spec.host_network) network_.release_pod_ip(it->second.status.ip);
    state_.sandboxes.erase(it);
  }
  answer_later(reply, Result<void>(), timings_.remove);
}

void SimNode::create_container(ports::ContainerSpec spec, ReplyTo reply) {
  if (off(reply)) return;
  Pending p;
  p.container = std::move(spec);
  p.reply = reply;
  queue_.post_after(disk_time(timings_.create), id_, kCreate, 0, std::make_shared<const Pending>(std::move(p)));
}

void SimNode::start_container(Str id, ReplyTo reply) {
  if (off(reply)) return;
  Pending p;
  p.id = std::move(id);
  p.reply = reply;
  queue_.post_after(disk_time(timings_.start), id_, kStart, 0, std::make_shared<const Pending>(std::move(p)));
}

void SimNode::stop_container(Str id, Duration grace, ReplyTo reply) {
  if (off(reply)) return;
  Container* c = find(id);
  if (!c || c->status.state != ContainerState::Running) return answer_later(reply, Result<void>(), timings_.query);
  c->stop_waiters.push_back(reply);
  terminate(id, *c, grace);
}

void SimNode::remove_container(Str id, ReplyTo reply) {
  if (off(reply)) return;
  Container* c = find(id);
  if (c) {
    if (c->status.state == ContainerState::Running) exit_container(id, *c, 137, 9, "Error");
    ports::PodRef pod = c->spec.pod;
    state_.containers.erase(id);
    notify(RuntimeEvent::Type::ContainerRemoved, pod, id);
  }
  answer_later(reply, Result<void>(), timings_.remove);
}

void SimNode::pod_status(ports::PodRef pod, ReplyTo reply) {
  if (off(reply)) return;
  ports::PodStatus out;
  out.pod = pod;
  for (auto& [id, s] : state_.sandboxes) {
    if (s.spec.pod.uid != pod.uid) continue;
    uint32_t at = 0;
    while (at < out.sandboxes.size() && out.sandboxes[at].attempt > s.status.attempt) ++at;
    out.sandboxes.insert(at, s.status);
  }
  for (auto& [id, c] : state_.containers)
    if (c.spec.pod.uid == pod.uid) out.containers.push_back(c.status);
  answer_later(reply, Result<ports::PodStatus>(std::move(out)), timings_.query);
}

void SimNode::list_pods(ReplyTo reply) {
  if (off(reply)) return;
  std::map<Str, ports::PodStatus> pods;
  for (auto& [id, s] : state_.sandboxes) {
    ports::PodStatus& p = pods[s.spec.pod.uid];
    p.pod = s.spec.pod;
    uint32_t at = 0;
    while (at < p.sandboxes.size() && p.sandboxes[at].attempt > s.status.attempt) ++at;
    p.sandboxes.insert(at, s.status);
  }
  for (auto& [id, c] : state_.containers) {
    ports::PodStatus& p = pods[c.spec.pod.uid];
    p.pod = c.spec.pod;
    p.containers.push_back(c.status);
  }
  std::vector<ports::PodStatus> out;
  for (auto& [uid, p] : pods) out.push_back(std::move(p));
  answer_later(reply, Result<std::vector<ports::PodStatus>>(std::move(out)), timings_.query);
}

void SimNode::subscribe(ReplyTo reply) {
  if (off(reply)) return;
  std::vector<ReplyTo> kept;
  for (const ReplyTo& r : state_.subscribers)
    if (r.target != reply.target) kept.push_back(r);
  kept.push_back(reply);
  state_.subscribers = std::move(kept);
  queue_.reply(reply, RuntimeEvent{});
}

// A program that has answers, or a shell that serves some.
bool SimNode::answers_http(const Container& c) const {
  if (!c.served.empty()) return true;
  auto main = state_.processes.find(c.main_pid);
  return c.image && !c.image->program.answers.empty() && main != state_.processes.end() && !main->second.is_shell;
}

void SimNode::stats(ReplyTo reply) {
  if (off(reply)) return;
  std::vector<ports::ContainerStats> out;
  for (auto& [id, c] : state_.containers) {
    if (c.status.state != ContainerState::Running) continue;
    ports::ContainerStats s;
    s.container_id = id;
    s.name = c.spec.name;
    s.pod = c.spec.pod;
    s.at = clock_.now();
    const Image* image = image_of(c);
    int64_t idle = image ? image->program.cpu_milli : 1;
    s.cpu_nanoseconds = static_cast<uint64_t>((queue_.now() - c.started).ns / 1000 * idle + computed_micros(c) * 1000);
    s.memory_usage_bytes = s.memory_working_set_bytes = static_cast<uint64_t>(memory_of(c));
    s.disk_bytes = static_cast<uint64_t>(disk_of(c));
    if (answers_http(c)) s.http_requests = c.requests;
    out.push_back(std::move(s));
  }
  answer_later(reply, Result<std::vector<ports::ContainerStats>>(std::move(out)), timings_.query);
}

namespace {
int64_t bytes_of(const Map<Str>& files) {
  int64_t sum = 0;
  for (const auto& [path, text] : files) sum += static_cast<int64_t>(text.size());
  return sum;
}
}  // namespace

int64_t SimNode::disk_of(const Container& c) const { return bytes_of(c.files) + c.log_bytes; }

int64_t SimNode::disk_used() const {
  int64_t sum = kSystemDiskBytes + state_.image_bytes;
  for (const auto& [id, c] : state_.containers) sum += disk_of(c);
  for (const auto& [key, files] : state_.shared_files) sum += bytes_of(files);
  return sum;
}

// A disk that is full by a fault has been filled by something that nobody accounts for.
void SimNode::machine(ReplyTo reply) {
  if (off(reply)) return;
  int64_t memory = 0;
  for (const auto& [id, c] : state_.containers)
    if (c.status.state == ContainerState::Running) memory += memory_of(c);
  ports::MachineReading r;
  r.memory_capacity = size_.memory_bytes;
  r.memory_available = std::max<int64_t>(size_.memory_bytes - memory, 0);
  r.node_fs = {size_.disk_bytes, state_.faults.disk_full ? 0 : std::max<int64_t>(size_.disk_bytes - disk_used(), 0)};
  r.image_fs = r.node_fs;
  r.pids_max = kPidsMax;
  r.pids_running = static_cast<int64_t>(state_.processes.size());
  answer_later(reply, Result<ports::MachineReading>(r), timings_.query);
}

void SimNode::update_resources(Str id, int64_t memory, int64_t cpu, ReplyTo reply) {
  if (off(reply)) return;
  Container* c = find(id);
  if (!c) return answer_later(reply, Result<void>(make_error(Reason::NotFound, cat("No such container: ", id))), timings_.query);
  if (memory > 0) c->spec.memory_limit_bytes = memory;
  if (cpu > 0) c->spec.cpu_limit_milli = cpu;
  answer_later(reply, Result<void>(), timings_.query);
}

// Images

namespace {
Str image_key(const Str& reference) {
  ImageName n = parse_image(reference);
  return cat(n.repository, ":", n.tag);
}
}  // namespace

void SimNode::inspect(Str image, ReplyTo reply) {
  if (off(reply)) return;
  std::optional<ports::ImageInfo> info;
  if (state_.images.count(image_key(image))) {
    info.emplace();
    info->id = image_id(image);
    info->names = {image_key(image)};
    if (const Image* data = image_named(image)) info->size_bytes = data->size_bytes;
    info->user = 0;
  }
  answer_later(reply, Result<std::optional<ports::ImageInfo>>(std::move(info)), timings_.query);
}

void SimNode::pull(Str image, ReplyTo reply) {
  if (off(reply)) return;
  Str key = image_key(image);
  auto& waiting = state_.pulls[key];
  waiting.push_back(reply);
  if (waiting.size() > 1) return;
  const Image* data = image_named(image);
  Duration took = timings_.pull_base;
  if (data) took = took + millis(static_cast<int64_t>(data->size_bytes) * 1000 / timings_.pull_bytes_per_second);
  Pending p;
  p.id = image;
  queue_.post_after(disk_time(took), id_, kPulled, 0, std::make_shared<const Pending>(std::move(p)));
}

void SimNode::list(ReplyTo reply) {
  if (off(reply)) return;
  std::vector<ports::ImageInfo> out;
  for (const Str& key : state_.images) {
    ports::ImageInfo i;
    i.id = image_id(key);
    i.names = {key};
    if (const Image* data = image_named(key)) i.size_bytes = data->size_bytes;
    out.push_back(std::move(i));
  }
  answer_later(reply, Result<std::vector<ports::ImageInfo>>(std::move(out)), timings_.query);
}

void SimNode::remove(Str image, ReplyTo reply) {
  if (off(reply)) return;
  if (state_.images.erase(image_key(image)))
    if (const Image* data = image_named(image)) state_.image_bytes -= static_cast<int64_t>(data->size_bytes);
  answer_later(reply, Result<void>(), timings_.remove);
}

// Volumes: emptyDir and hostPath are shared maps of files, the rest read-only data.

void SimNode::set_up(ports::VolumeSpec spec, ReplyTo reply) {
  if (off(reply)) return;
  ports::MountSpec mount;
  mount.volume = spec.name;
  using Type = ports::VolumeSpec::Type;
  if (spec.type == Type::Files) {
    mount.type = ports::MountSpec::Type::Files;
    mount.read_only = true;
    for (const ports::VolumeFile& f : spec.files) mount.files.set(f.path, f.content);
  } else if (spec.type == Type::HostPath) {
    if ((spec.host_path_type == "Directory" || spec.host_path_type == "File") &&
        !state_.shared_files.count(cat("host:", spec.host_path)))
      return answer_later(reply, Result<ports::MountSpec>(make_error(Reason::NotFound,
                          cat("hostPath type check failed: ", spec.host_path, " is not a ", to_lower(spec.host_path_type)))),
                          timings_.query);
    mount.host_path = cat("host:", spec.host_path);
    state_.shared_files[mount.host_path];
  } else {
    mount.host_path = cat("empty:", spec.pod.uid, "/", spec.name);
    state_.shared_files[mount.host_path];
  }
  Str uid = spec.pod.uid, volume = spec.name;
  state_.volumes[uid][volume] = std::move(spec);
  answer_later(reply, Result<ports::MountSpec>(std::move(mount)), timings_.query);
}

void SimNode::tear_down(ports::PodRef pod, ReplyTo reply) {
  if (off(reply)) return;
  auto it = state_.volumes.find(pod.uid);
  if (it != state_.volumes.end()) {
    for (auto& [name, spec] : it->second) state_.shared_files.erase(cat("empty:", pod.uid, "/", name));
    state_.volumes.erase(it);
  }
  answer_later(reply, Result<void>(), timings_.remove);
}

void SimNode::usage(ports::PodRef pod, ReplyTo reply) {
  if (off(reply)) return;
  std::vector<ports::VolumeUsage> out;
  auto volumes = state_.volumes.find(pod.uid);
  if (volumes != state_.volumes.end())
    for (const auto& [name, spec] : volumes->second) {
      auto files = state_.shared_files.find(cat("empty:", pod.uid, "/", name));
      if (files != state_.shared_files.end()) out.push_back({name, bytes_of(files->second)});
    }
  answer_later(reply, Result<std::vector<ports::VolumeUsage>>(std::move(out)), timings_.query);
}

void SimNode::apply(ports::ServiceTable table, ReplyTo reply) {
  network_.set_services(name_, std::move(table));
  answer_later(reply, Result<void>(), timings_.query);
}

// Probes

void SimNode::probe(NetRequest r, Duration timeout, ReplyTo reply) {
  if (off(reply)) return;
  r.from_node = name_;
  r.from = agent_;
  r.from_ip = address_;
  NetAnswer a = network_.request(r);
  ports::ProbeOutcome out;
  out.answered = !r.connect_only && a.verdict == Verdict::Answered && a.took <= timeout;
  const auto url = [&r] { return cat("http://", r.host, ":", r.port, r.path); };
  if (a.verdict == Verdict::Dropped || a.took > timeout) {
    a.took = timeout;
    out.message = r.connect_only ? Str(cat("dial tcp ", r.host, ":", r.port, ": i/o timeout"))
                                 : Str(cat("Get ", quoted(url()), ": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"));
  } else if (a.verdict != Verdict::Answered) {
    Str dial = cat("dial tcp ", r.host, ":", r.port, ": connect: connection refused");
    out.message = r.connect_only ? dial : Str(cat("Get ", quoted(url()), ": ", dial));
  } else if (!r.connect_only && (a.status < 200 || a.status >= 400)) {
    out.message = cat("HTTP probe failed with statuscode: ", a.status);
  } else {
    out.success = true;
  }
  answer_later(reply, std::move(out), a.took);
}

void SimNode::http(ports::HttpProbe p, ReplyTo reply) {
  NetRequest r;
  r.host = p.host;
  r.port = p.port;
  r.path = starts_with(p.path, "/") ? p.path : Str(cat("/", p.path));
  probe(std::move(r), p.timeout, reply);
}

void SimNode::tcp(Str host, int32_t port, Duration timeout, ReplyTo reply) {
  NetRequest r;
  r.host = std::move(host);
  r.port = port;
  r.method = "TCP";
  r.connect_only = true;
  probe(std::move(r), timeout, reply);
}

void SimNode::grpc(Str host, int32_t port, Str, Duration timeout, ReplyTo reply) { tcp(std::move(host), port, timeout, reply); }

}  // namespace orrery::sim
