// PodWorker: brings one pod on this node from what it is to what its spec says. Level-based: sync() looks at the spec,
// the runtime's last report and what is under way, and starts whatever can be started next. Every answer leads to
// another sync. Order and wording follow Kubernetes pkg/kubelet/kuberuntime (computePodActions, SyncPod, killPod).
#pragma once

#include <vector>

#include "core/base/rng.h"
#include "core/kubelet/config_source.h"
#include "core/kubelet/container_spec.h"
#include "core/kubelet/pod_state.h"
#include "core/kubelet/pod_status.h"
#include "core/ports/clock.h"
#include "core/ports/image_service.h"
#include "core/ports/node_volumes.h"
#include "core/ports/prober.h"
#include "core/ports/trace.h"

namespace orrery::kubelet {

constexpr Duration kBackoffMin = seconds(10);           // crash and image pull back-off
constexpr Duration kBackoffMax = seconds(300);
constexpr Duration kErrorRetry = seconds(10);           // after a failed sync step
constexpr Duration kPullErrorShown = seconds(3);        // ErrImagePull, before it becomes ImagePullBackOff
constexpr int64_t kGraceDefault_s = 30;
constexpr int64_t kGraceEvicted_s = 1;                  // eviction_manager.go immediateEvictionGracePeriodSeconds
constexpr int64_t kGraceMin_s = 2;                      // a container gets at least this after its preStop hook
constexpr Duration kHttpHookTimeout = seconds(30);      // of a postStart request
constexpr uint32_t kDeadContainersKept = 1;             // per container name, besides the newest

// What a lifecycle hook's answer says. Any answer to an HTTP request is one, whatever its status
// (pkg/kubelet/lifecycle/handlers.go runHTTPHandler).
bool hook_passed(const api::core_v1::LifecycleHandler& hook, const ports::Task& answer);

// What the worker needs of its surroundings.
class WorkerHost {
 public:
  virtual ~WorkerHost() = default;
  // Records an event about the pod; `field` is "spec.containers{web}" or "".
  virtual void event(const PodState& pod, const Str& field, bool warning, const char* reason, std::string message) = 0;
  // Syncs the pod again at that time at the latest.
  virtual void wake(PodState& pod, Instant at) = 0;
  // The same for its probes alone: probe_again() is called then.
  virtual void wake_probes(PodState& pod, Instant at) = 0;
  // The pod's API status may have changed.
  virtual void status_changed(PodState& pod) = 0;
  virtual const Map<Quantity>& allocatable() const = 0;
  // Whether the pod may have what its spec asks for now; says why not in its resize_reason and resize_message.
  virtual bool may_resize(PodState& pod) = 0;
};

enum class CallFor : uint8_t {
  PodStatus, RunSandbox, StopSandbox, RemoveSandbox, VolumeSetUp, TearDown, InspectImage, InspectUser, Pull, Create, Start, Stop,
  Remove, PostStart, PreStop, Probe, Resize,
};

struct Call {
  uint64_t pod = 0;  // PodState::id
  Str container;   // container name, or volume name
  CallFor what = CallFor::PodStatus;
  Str id;          // the runtime's id it is about
  ProbeKind probe = ProbeKind::Liveness;
};

class PodWorker {
 public:
  struct Ports {
    ports::TaskQueue& queue;
    ports::Clock& clock;
    ports::ContainerRuntime& runtime;
    ports::ImageService& images;
    ports::NodeVolumes& volumes;
    ports::Prober& prober;
    ports::TraceSink* trace;
  };
  struct Settings {
    Str node_name;
    NodeFacts node;
    SandboxInputs dns;
    int64_t memory_bytes = 0;
  };

  // Replies arrive at `self` as tasks of `reply_kind` with a token that take_call() resolves.
  PodWorker(Ports ports, ConfigSource& config, WorkerHost& host, ports::TargetId self, uint32_t reply_kind);

  Settings& settings() { return settings_; }
  void sync(PodState& pod);
  // When wake_probes() asked for it.
  void probe_again(PodState& pod);
  // Records a step of the pod; returns its number, 0 without a trace.
  uint64_t trace(PodState& pod, const Str& from, const Str& to, std::string verb, std::string why);
  // False when the token is unknown (its pod was forgotten).
  bool take_call(uint64_t token, Call& out);
  void on_reply(PodState& pod, const Call& call, const ports::Task& task);
  // Asks the runtime what it has of the pod; the answer syncs.
  void refresh(PodState& pod);
  // True when nothing of the pod is left on the node.
  static bool all_stopped(const PodState& pod);
  void forget(uint64_t pod);

  struct State {
    uint64_t next_token = 1;
    std::map<uint64_t, Call> calls;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }
  void copy_from(const PodWorker& other) {
    settings_ = other.settings_;
    state_ = other.state_;
  }

 private:
  using Container = api::core_v1::Container;
  ports::ReplyTo reply_to(const PodState& pod, CallFor what, const Str& container = {}, const Str& id = {},
                          ProbeKind probe = ProbeKind::Liveness);
  // pod_worker.cpp
  void adopt(PodState& pod);
  void sync_running(PodState& pod);
  void resize(PodState& pod);
  bool past_deadline(PodState& pod);
  bool volumes_ready(PodState& pod);
  bool sandbox_ready(PodState& pod);
  bool start_init_containers(PodState& pod);
  void start_containers(PodState& pod);
  void start_ephemeral(PodState& pod);
  bool is_finished(const PodState& pod) const;
  void remove_dead(PodState& pod);
  void kill_pod(PodState& pod);
  void remove_everything(PodState& pod);
  void on_volume(PodState& pod, const Call& call, const ports::Task& task);
  void on_sandbox(PodState& pod, const ports::Task& task);

  // container_worker.cpp
  void start(PodState& pod, const Container& c);
  void ensure_image(PodState& pod, const Container& c, ContainerState& s);
  void on_image(PodState& pod, const Container& c, ContainerState& s, const ports::Task& task);
  void on_image_user(PodState& pod, const Container& c, ContainerState& s, const ports::Task& task);
  void on_pulled(PodState& pod, const Container& c, ContainerState& s, const ports::Task& task);
  void pull_back_off(PodState& pod, const Container& c, ContainerState& s);
  void create(PodState& pod, const Container& c, ContainerState& s, bool init);
  void on_created(PodState& pod, const Container& c, ContainerState& s, const ports::Task& task);
  void on_started(PodState& pod, const Container& c, ContainerState& s, const Call& call, const ports::Task& task);
  void run_post_start(PodState& pod, const Container& c, ContainerState& s);
  void stop(PodState& pod, const Container& c, ContainerState& s, const Str& id, std::string message, int64_t grace_s);
  bool run_hook(PodState& pod, const api::core_v1::LifecycleHandler& hook, const Str& id, CallFor what, const Str& name,
                Duration timeout);
  bool waits_for_turn(const PodState& pod, const Str& name) const;
  void finish_stop(PodState& pod, ContainerState& s, const Str& name, const Str& id, Duration grace);
  bool in_crash_back_off(PodState& pod, const Container& c, ContainerState& s, const ports::ContainerStatus& last);
  void fail(PodState& pod, const Container& c, ContainerState& s, const char* reason, const Str& message, Duration retry);
  int64_t grace_of(const PodState& pod) const;
  const Container* spec_of(const PodState& pod, const Str& name, bool* init = nullptr) const;
  static Str field_of(const PodState& pod, const Str& container);

  // probe_worker.cpp
  void sync_probes(PodState& pod);
  void sync_probe(PodState& pod, const Container& c, ContainerState& s, ProbeKind kind,
                  const api::core_v1::Probe* probe, const ports::ContainerStatus& running);
  // The address at which the node reaches the pod; "" before it has one.
  Str address_of(const PodState& pod) const;
  // Of a probe or a hook; `ports` are its container's, by whose names it may call its port.
  ports::HttpProbe http_request(const PodState& pod, const api::core_v1::HTTPGetAction& get,
                                const List<api::core_v1::ContainerPort>& ports, Duration timeout) const;
  void send_probe(PodState& pod, const Container& c, const api::core_v1::Probe& probe, ProbeKind kind, const Str& id);
  void on_probe(PodState& pod, const Call& call, const ports::Task& task);
  bool act_on(PodState& pod, const Container& c, ContainerState& s, ProbeKind kind, bool success);

  Ports ports_;
  ConfigSource& config_;
  WorkerHost& host_;
  ports::TargetId self_;
  uint32_t reply_kind_;
  Settings settings_;
  State state_;
};

}  // namespace orrery::kubelet
