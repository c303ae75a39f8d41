// A simulated machine: its container runtime, image store, volumes and probes, driven by the world's task queue.
// Implements the same ports as the Docker runtime. All state is data: a copy of State is a copy of the node.
#pragma once

#include <map>
#include <vector>

#include "core/base/rng.h"
#include "core/ports/clock.h"
#include "core/ports/container_runtime.h"
#include "core/ports/image_service.h"
#include "core/ports/node_volumes.h"
#include "core/ports/prober.h"
#include "core/ports/trace.h"
#include "runtime_sim/images/registry.h"
#include "runtime_sim/network/sim_network.h"
#include "runtime_sim/nodes/shell.h"

namespace orrery::sim {

// How long a node's work takes. Measured on a Docker Engine (median, two cores), rounded.
struct NodeTimings {
  Duration sandbox = millis(220);
  Duration create = millis(60);
  Duration start = millis(180);
  Duration remove = millis(30);
  Duration query = millis(1);
  Duration exec = millis(120);
  Duration pull_base = millis(400);
  int64_t pull_bytes_per_second = 50'000'000;
};

// What is wrong with the processes of some pods.
struct ProcessFault {
  enum class What : uint8_t { CrashLoop, Leak, FailProbes };
  What what = What::CrashLoop;
  Str ns, prefix;                  // pods whose name begins so
  int64_t bytes_per_second = 0;    // Leak
  friend bool operator==(const ProcessFault&, const ProcessFault&) = default;
};
constexpr Duration kCrashAfter = seconds(1);  // CrashLoop: how long such a process runs

struct NodeFaults {
  bool down = false;               // powered off: nothing answers, processes are gone
  std::map<Str, bool> missing_images;  // repository:tag that no registry has (any more)
  bool registry_down = false;
  bool disk_full = false;          // images can't be unpacked, containers can't be created
  uint32_t slow_disk = 1;          // work on the disk takes that many times as long
  uint32_t noisy_percent = 0;      // of the machine's CPU taken by something that nobody accounts for
  std::vector<ProcessFault> processes;
};

constexpr size_t kLogLinesMax = 5000;  // kept a container

struct NodeSize {
  int64_t memory_bytes = int64_t{8} << 30;
  int64_t disk_bytes = int64_t{100} << 30;  // one disk for images, containers and volumes
};
constexpr int64_t kSystemDiskBytes = int64_t{4} << 30;  // taken by the operating system
constexpr int64_t kPidsMax = 32768;

class SimNode final : public ports::Target,
                      public ports::ContainerRuntime,
                      public ports::ImageService,
                      public ports::NodeVolumes,
                      public ports::Prober,
                      public ports::PacketRules,
                      public Listener {
 public:
  SimNode(ports::TaskQueue& queue, const ports::Clock& clock, SimNetwork& network, ports::TraceSink* trace, Rng rng,
          Str name, uint32_t index, NodeTimings timings = {}, NodeSize size = {}, const Registry* registry = nullptr);
  ~SimNode() override;

  const Str& name() const { return name_; }
  const Str& address() const { return address_; }
  NodeFaults& faults() { return state_.faults; }
  // Power off: every process and sandbox is gone, images and volumes stay. Power on: the runtime answers again.
  void power(bool on);
  // As if the process were killed from outside: exit code 128 + signal.
  bool kill_container(const Str& pod_uid, const Str& container, int signal, std::string_view reason = {});
  // Begins and ends a fault of processes; those that run feel it at once.
  void begin(const ProcessFault& fault);
  void end(const ProcessFault& fault);

  void on_task(const ports::Task& task) override;

  // ContainerRuntime
  void info(ports::ReplyTo reply) override;
  void run_sandbox(ports::SandboxSpec spec, ports::ReplyTo reply) override;
  void stop_sandbox(Str id, ports::ReplyTo reply) override;
  void remove_sandbox(Str id, ports::ReplyTo reply) override;
  void create_container(ports::ContainerSpec spec, ports::ReplyTo reply) override;
  void start_container(Str id, ports::ReplyTo reply) override;
  void stop_container(Str id, Duration grace, ports::ReplyTo reply) override;
  void remove_container(Str id, ports::ReplyTo reply) override;
  void list_pods(ports::ReplyTo reply) override;
  void pod_status(ports::PodRef pod, ports::ReplyTo reply) override;
  void subscribe(ports::ReplyTo reply) override;
  void exec_sync(Str id, ports::ExecOptions options, ports::ReplyTo reply) override;
  uint64_t exec(Str id, ports::ExecOptions options, ports::ReplyTo reply) override;
  uint64_t attach(Str id, bool stdin_open, bool tty, ports::ReplyTo reply) override;
  uint64_t logs(Str id, ports::LogOptions options, ports::ReplyTo reply) override;
  void stream_input(uint64_t stream, Str bytes) override;
  void stream_close_input(uint64_t stream) override;
  void stream_resize(uint64_t stream, uint16_t width, uint16_t height) override;
  void stream_cancel(uint64_t stream) override;
  void stats(ports::ReplyTo reply) override;
  void machine(ports::ReplyTo reply) override;
  void update_resources(Str id, int64_t memory_bytes, int64_t cpu_milli, ports::ReplyTo reply) override;
  // ImageService
  void inspect(Str image, ports::ReplyTo reply) override;
  void pull(Str image, ports::ReplyTo reply) override;
  void list(ports::ReplyTo reply) override;
  void remove(Str image, ports::ReplyTo reply) override;
  // NodeVolumes
  void set_up(ports::VolumeSpec spec, ports::ReplyTo reply) override;
  void tear_down(ports::PodRef pod, ports::ReplyTo reply) override;
  void usage(ports::PodRef pod, ports::ReplyTo reply) override;
  // Prober
  void http(ports::HttpProbe probe, ports::ReplyTo reply) override;
  void tcp(Str host, int32_t port, Duration timeout, ports::ReplyTo reply) override;
  void grpc(Str host, int32_t port, Str service, Duration timeout, ports::ReplyTo reply) override;
  // PacketRules
  void apply(ports::ServiceTable table, ports::ReplyTo reply) override;
  // Listener
  NetAnswer answer(const Str& container_id, const NetRequest& request) override;

  struct LogLine {
    WallTime at;
    uint8_t channel = 1;
    Str text;          // with its newline, or a part of a line
  };
  struct Process {     // the main process of a container, or one that exec started
    uint64_t pid = 0;
    Str container_id;
    bool is_shell = false;
    ShellState shell;
    std::optional<ports::ReplyTo> stream;  // exec: where its output goes
    bool sync = false;                     // exec_sync: collects output
    std::string output;
    uint64_t timeout_task = 0;
    uint64_t wake_task = 0;
    uint64_t net_token = 0;
    Str command;
    bool waits_input = false;
    bool tty = false;                      // exec'd with a terminal of its own
  };
  struct Container {
    ports::ContainerSpec spec;
    ports::ContainerStatus status;
    Str ip;
    Instant started;
    uint64_t main_pid = 0;
    Map<Str> files;               // written in the container, over the image's
    Map<Str> store;               // of a key-value program
    std::map<int32_t, std::string> served;  // ports opened by the shell (httpd, nc -l)
    std::vector<LogLine> log;
    uint64_t log_dropped = 0;
    int64_t log_bytes = 0;
    const Image* image = nullptr;  // of the catalogue; null: none has that name
    uint64_t exit_task = 0, oom_task = 0, log_task = 0, listen_task = 0;
    std::vector<ports::ReplyTo> stop_waiters;
    uint64_t requests = 0;        // that reached it, also those that still wait for their share of a CPU limit
    int64_t cpu_micros = 0;       // of work taken on; with a CPU limit some of it may still wait
    Instant cpu_free;             // when that work is done
    int64_t leak_per_second = 0;  // of a fault, besides the program's own
    Instant leak_since;
    int64_t leaked = 0;           // by leaks that ended
  };
  struct Sandbox {
    ports::SandboxStatus status;
    ports::SandboxSpec spec;
  };
  struct Follower {               // an open log or attach stream
    Str container_id;
    ports::ReplyTo reply;
    ports::LogOptions options;
    bool writes = false;          // its input goes to the container's main process
  };
  struct State {
    uint64_t next_id = 1;
    std::map<Str, Sandbox> sandboxes;
    std::map<Str, Container> containers;
    std::map<uint64_t, Process> processes;
    std::map<uint64_t, Follower> followers;
    std::map<Str, std::map<Str, ports::VolumeSpec>> volumes;  // by pod uid, name
    std::map<Str, Map<Str>> shared_files;                     // emptyDir and hostPath contents, by volume key
    std::set<Str> images;                                     // "repository:tag"
    int64_t image_bytes = 0;                                  // of those
    std::map<Str, std::vector<ports::ReplyTo>> pulls;         // under way
    std::vector<ports::ReplyTo> subscribers;
    NodeFaults faults;
    bool powered = true;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }
  // Becomes what `other` is in another world, whose registry has the same images.
  void copy_from(const SimNode& other);
  ports::TargetId target() const { return id_; }

 private:
  friend class ContainerShellHost;
  enum TaskKind : uint32_t { kSandboxUp = 1, kCreate, kStart, kExited, kOom, kLogTick, kListen, kKill, kPulled,
                             kWakeProcess, kNetAnswer, kExecTimeout, kTermExit, kCrash };
  struct Pending { ports::SandboxSpec sandbox; ports::ContainerSpec container; Str id; ports::ReplyTo reply; };

  template <class T>
  void answer_later(ports::ReplyTo reply, T payload, Duration wait) {
    queue_.post_after(wait, reply.target, reply.kind, reply.token, std::make_shared<const T>(std::move(payload)));
  }
  bool off(ports::ReplyTo reply);   // the machine is down: the call stays without answer
  Str new_id(std::string_view what);
  uint64_t id_number() { return state_.next_id++; }
  Container* find(const Str& id);
  Process* reader_of(uint64_t stream);
  Container* by_number(uint64_t number, Str* id = nullptr);

  void on_sandbox_up(const Pending& p);
  void on_start(const Pending& p);
  void run_program(const Str& id, Container& c, const Image& image);
  void feel_faults(Container& c);
  void plan_oom(Container& c);
  const ProcessFault* fault_of(const Container& c, ProcessFault::What what) const;
  Duration disk_time(Duration quick) const { return quick * state_.faults.slow_disk; }
  void exit_container(const Str& id, Container& c, int32_t code, int32_t signal, std::string_view reason);
  void terminate(const Str& id, Container& c, Duration grace);
  void log(const Str& id, Container& c, uint8_t channel, std::string_view text);
  void notify(ports::RuntimeEvent::Type type, const ports::PodRef& pod, const Str& container_id);
  void run_process(uint64_t pid, const NetResult* net = nullptr);
  void end_process(uint64_t pid, int32_t code, std::optional<Error> error = {});
  void send_stream(const ports::ReplyTo& to, uint8_t channel, std::string_view text);
  // Takes on that much work; returns how long it takes, behind what waits for the CPU limit already.
  Duration compute(Container& c, int64_t micros_of_cpu);
  int64_t computed_micros(const Container& c) const;  // done by now
  std::string fill(std::string_view text, const Container& c) const;
  Map<Str> environment_of(const Container& c) const;
  // The address that the container's /etc/hosts has for a name, or the name.
  Str from_hosts_file(const Container& c, const Str& name) const;
  std::string termination_message(const Container& c) const;
  int64_t memory_of(const Container& c) const;
  Map<Str>* files_for(Container& c, std::string_view path, std::string& rest);
  const Image* image_named(std::string_view reference) const { return registry_ ? registry_->find(reference) : find_image(reference); }
  const Image* image_of(const Container& c) const { return c.image; }
  int64_t disk_of(const Container& c) const;
  bool answers_http(const Container& c) const;
  int64_t disk_used() const;
  uint64_t start_process(const Str& id, ShellState shell, Str command);
  void probe(NetRequest request, Duration timeout, ports::ReplyTo reply);

  ports::TaskQueue& queue_;
  const ports::Clock& clock_;
  SimNetwork& network_;
  ports::TraceSink* trace_;
  Rng rng_;
  Str name_, agent_;  // agent_: "kubelet/NAME", whom probes come from
  uint32_t index_;
  Str address_;
  NodeTimings timings_;
  NodeSize size_;
  const Registry* registry_;  // null: the catalogue
  ports::TargetId id_;
  State state_;
};

}  // namespace orrery::sim
