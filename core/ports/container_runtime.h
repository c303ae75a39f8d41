// What a kubelet asks of a container runtime (Docker Engine, simulated node). Modelled on the CRI, kept small.
// All calls are asynchronous: the reply is a task whose payload type is named at each call. Calls on one object arrive
// in the order they were made. A restarted kubelet finds its pods again by list_pods(): the runtime keeps PodRef,
// names, attempts and spec hashes as labels.
#pragma once

#include <vector>

#include "core/api/gen/core_v1.h"
#include "core/base/result.h"
#include "core/ports/dialer.h"
#include "core/ports/task.h"

namespace orrery::ports {

struct PodRef {
  Str uid;
  Str ns;
  Str name;
};

struct PortMapping {
  int32_t container_port = 0;
  int32_t host_port = 0;
  Str protocol;  // "TCP", "UDP"
  Str host_ip;
};

struct SandboxSpec {
  PodRef pod;
  uint32_t attempt = 0;
  Str hostname;
  Str domain;  // of the FQDN, "" if none
  List<Str> dns_servers, dns_searches, dns_options;
  List<api::core_v1::HostAlias> host_aliases;
  List<PortMapping> ports;
  List<api::core_v1::Sysctl> sysctls;
  bool host_network = false, host_pid = false, host_ipc = false, share_pid = false;
  Map<Str> labels, annotations;  // of the pod
  int64_t cpu_shares = 0;
};

struct MountSpec {
  enum class Type : uint8_t { Bind, Tmpfs, Files };
  Type type = Type::Bind;
  Str host_path;  // Bind
  Str container_path;
  bool read_only = false;
  int64_t tmpfs_bytes = 0;  // Tmpfs; 0: no limit
  Str volume;               // the pod's volume name
  Str sub_path;
  Map<Str> files;  // Files (simulated runtimes only hold these; natively the kubelet's volume port writes and binds)
};

struct EnvPair {
  Str name;
  Str value;
};

struct ContainerSpec {
  PodRef pod;
  Str sandbox_id;
  Str name;              // of the container in the pod
  uint32_t attempt = 0;  // restart count
  Str image;             // resolved reference or id
  List<Str> command;     // entrypoint; empty: the image's
  List<Str> args;        // empty: the image's, unless command is given
  Str working_dir;
  List<EnvPair> env;
  List<MountSpec> mounts;
  Map<Str> labels, annotations;
  Str spec_hash;  // recognises a container whose spec changed
  bool stdin_open = false, stdin_once = false, tty = false;
  int64_t memory_limit_bytes = 0;  // 0: none
  int64_t cpu_limit_milli = 0;     // 0: none
  int64_t cpu_request_milli = 0;
  int32_t oom_score_adj = 0;
  Box<api::core_v1::SecurityContext> security;  // of the container
  Box<api::core_v1::PodSecurityContext> pod_security;
  bool share_pid = false;
  bool init = false;  // an init container (trace and labels only)
  bool ends = false;  // the pod waits for its end: an init container that is no sidecar, or a pod that isn't always restarted
  Str stop_signal;
};

// Where the kubelet says what becomes a container's termination message: annotations that it puts on every container
// (pkg/kubelet/kuberuntime/labels.go).
constexpr std::string_view kTerminationPath = "io.kubernetes.container.terminationMessagePath";
constexpr std::string_view kTerminationPolicy = "io.kubernetes.container.terminationMessagePolicy";

enum class ContainerState : uint8_t { Created, Running, Exited, Unknown };

struct ContainerStatus {
  Str id;  // full runtime id
  Str name;
  uint32_t attempt = 0;
  ContainerState state = ContainerState::Unknown;
  WallTime created_at, started_at, finished_at;
  int32_t exit_code = 0;
  int32_t signal = 0;
  Str reason;  // "Completed", "Error", "OOMKilled", "ContainerCannotRun", "StartError"
  Str message;
  Str image;     // as asked for
  Str image_id;  // digest or id
  Str spec_hash;
};

struct SandboxStatus {
  Str id;
  PodRef pod;
  uint32_t attempt = 0;
  bool ready = false;
  Str ip;  // "" with host network
  WallTime created_at;
};

struct PodStatus {  // all that the runtime holds of one pod
  PodRef pod;
  List<SandboxStatus> sandboxes;     // newest first
  List<ContainerStatus> containers;  // every attempt that was not removed
};

struct RuntimeEvent {  // something changed: the kubelet relists that pod
  enum class Type : uint8_t { ContainerStarted, ContainerDied, ContainerRemoved, ContainerOom, SandboxDied, Resync };
  Type type = Type::Resync;  // Resync: events may have been lost, list everything
  PodRef pod;
  Str container_id;
};

struct RuntimeInfo {
  Str name;  // "docker", "sim"
  Str version;
  Str api_version;
  Str storage_root;
};

struct ContainerStats {
  Str container_id, name;
  PodRef pod;
  WallTime at;
  uint64_t cpu_nanoseconds = 0;  // cumulative
  uint64_t memory_working_set_bytes = 0;
  uint64_t memory_usage_bytes = 0;
  uint64_t disk_bytes = 0;  // its writable layer and its logs; 0 where the runtime can't tell
  std::optional<uint64_t> http_requests;  // answered, cumulative; not given where nothing in it counts them
};

// A file system, in bytes; capacity 0: not known.
struct DiskReading {
  int64_t capacity = 0, available = 0;
};

// What a machine as a whole has left, in bytes. Capacities of 0: not known, as of an engine on another machine.
struct MachineReading {
  int64_t memory_capacity = 0, memory_available = 0;
  DiskReading node_fs, image_fs;  // equal when images are on the node's own disk
  int64_t pids_max = 0, pids_running = 0;
};

struct LogOptions {
  bool follow = false, timestamps = false;
  int64_t tail_lines = -1;  // -1: all
  int64_t limit_bytes = -1;
  WallTime since;
};

// A part of a log or exec stream. channel: 1 stdout, 2 stderr. Exec and attach begin with an empty part: the stream is
// open, so a process that waits for input can be given some. `end` is the last part; its error is set if the stream
// could not be had, exit_code is exec's.
// What a node's containers use, with the node's time.
struct NodeStatsValues {
  WallTime at;
  std::vector<ContainerStats> containers;
};

struct StreamPart {
  uint8_t channel = 1;
  Str data;
  bool end = false;
  int32_t exit_code = 0;
  std::optional<Error> error;
  std::shared_ptr<const HttpAnswer> http;  // of a proxied request
  std::shared_ptr<const NodeStatsValues> stats;  // of Stats with want_values
};

struct ExecOptions {
  List<Str> command;
  bool stdin_open = false, tty = false;
  Duration timeout;  // 0: none; reached: killed, error Timeout
};

struct ExecResult {
  int32_t exit_code = 0;
  Str output;  // stdout and stderr, at most kExecOutputMax bytes
};
constexpr uint32_t kExecOutputMax = 16 * 1024;

class ContainerRuntime {
 public:
  virtual ~ContainerRuntime() = default;
  // Payloads: Result<RuntimeInfo>
  virtual void info(ReplyTo reply) = 0;
  // Result<Str>: id of a running sandbox
  virtual void run_sandbox(SandboxSpec spec, ReplyTo reply) = 0;
  // Result<void> each. Stopping a sandbox kills what still runs in it; both are idempotent.
  virtual void stop_sandbox(Str id, ReplyTo reply) = 0;
  virtual void remove_sandbox(Str id, ReplyTo reply) = 0;
  // Result<Str>: container id. Errors carry CreateContainerError's message.
  virtual void create_container(ContainerSpec spec, ReplyTo reply) = 0;
  // Result<void>. A command that can't be run fails here (RunContainerError / StartError, exit code 127 or 128).
  virtual void start_container(Str id, ReplyTo reply) = 0;
  // Result<void>. TERM (or the stop signal), then KILL after `grace`; idempotent; answers when the container has
  // exited.
  virtual void stop_container(Str id, Duration grace, ReplyTo reply) = 0;
  virtual void remove_container(Str id, ReplyTo reply) = 0;
  // Result<std::vector<PodStatus>>: everything of this cluster on this node
  virtual void list_pods(ReplyTo reply) = 0;
  // Result<PodStatus>
  virtual void pod_status(PodRef pod, ReplyTo reply) = 0;
  // RuntimeEvent tasks until detached; the first is Resync.
  virtual void subscribe(ReplyTo reply) = 0;
  // Result<ExecResult>
  virtual void exec_sync(Str id, ExecOptions options, ReplyTo reply) = 0;
  // StreamPart tasks. Returns a stream id for the calls below.
  virtual uint64_t exec(Str id, ExecOptions options, ReplyTo reply) = 0;
  virtual uint64_t attach(Str id, bool stdin_open, bool tty, ReplyTo reply) = 0;
  virtual uint64_t logs(Str id, LogOptions options, ReplyTo reply) = 0;
  virtual void stream_input(uint64_t stream, Str bytes) = 0;
  virtual void stream_close_input(uint64_t stream) = 0;
  virtual void stream_resize(uint64_t stream, uint16_t width, uint16_t height) = 0;
  virtual void stream_cancel(uint64_t stream) = 0;
  // Result<std::vector<ContainerStats>>
  virtual void stats(ReplyTo reply) = 0;
  // Result<MachineReading>. Cheap: asked every few seconds.
  virtual void machine(ReplyTo reply) = 0;
  // Result<void>. In-place resize (memory and CPU limits, 0: unchanged).
  virtual void update_resources(Str id, int64_t memory_bytes, int64_t cpu_milli, ReplyTo reply) = 0;
};

}  // namespace orrery::ports
