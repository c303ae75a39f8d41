// What a kubelet remembers of one pod besides the API object and what the runtime reports. Plain data, copied with the
// world; after a crash it is rebuilt from the runtime's list.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/api/gen/core_v1.h"
#include "core/ports/container_runtime.h"

namespace orrery::kubelet {

using PodPtr = std::shared_ptr<const api::core_v1::Pod>;

enum class Op : uint8_t {
  None, InspectingImage, Pulling, Creating, Starting, PostStart, PreStop, Stopping, Removing,
};

enum class ProbeKind : uint8_t { Startup, Liveness, Readiness };
constexpr int kProbeKinds = 3;

struct ProbeState {
  bool running = false;        // the worker ticks
  bool in_flight = false;
  bool have_result = false;
  bool result = false;         // of the last streak that reached its threshold
  bool last = false;           // outcome of the last single probe
  int32_t streak = 0;          // how many outcomes in a row equal `last`
  Instant next;
  Str container_id;            // the worker belongs to this container
};

struct ContainerState {
  Op op = Op::None;
  uint64_t token = 0;          // of the call in flight
  Str waiting_reason;          // while not running: "ContainerCreating", "ImagePullBackOff", "CrashLoopBackOff", ...
  Str waiting_message;
  Str image_id;                // resolved, for the attempt being started
  Instant op_started;
  // Crash back-off (kubelet pkg/kubelet/kuberuntime doBackOff): zero until the first restart.
  Duration backoff;
  Instant backoff_updated;
  Instant retry_at;            // not to be started before
  // Image pull back-off, per image.
  Duration pull_backoff;
  Instant pull_retry_at;
  Str pull_error;
  bool stop_wanted = false;    // liveness failed, spec changed: stop, then the restart policy decides
  // What the container that was created last was given; null: one of an earlier kubelet.
  std::shared_ptr<const api::core_v1::ResourceRequirements> resources;
  bool told_to_stop = false;   // a sidecar that waits for its turn to get TERM, its pod being killed
  Str stop_reason;             // message of the Killing event
  std::optional<int64_t> stop_grace_s;
  bool started = false;        // startup probe passed (or none) for the running container
  bool ready = false;
  bool post_start_done = false;
  Str current_id;              // the container that started, ready and post_start_done speak of
  ProbeState probes[kProbeKinds];
};

struct PodState {
  uint64_t id = 0;                          // the kubelet's own number of it
  PodPtr pod;                               // newest from the API; kept when the pod vanished there
  List<api::core_v1::Container> ephemeral;  // its spec's, as containers that never restart
  bool gone = false;                        // no longer in the API: kill and forget
  ports::PodRef ref;
  ports::PodStatus observed;                // newest from the runtime
  bool observed_valid = false;
  bool status_in_flight = false;            // a runtime query is under way
  bool status_wanted = false;               // and must be repeated
  std::map<Str, ContainerState> containers; // by container name, init containers too
  // Sandbox
  Op sandbox_op = Op::None;
  uint32_t sandbox_attempts = 0;
  Instant sandbox_retry_at;
  Str sandbox_error;
  // Volumes
  bool volumes_ready = false;
  uint32_t volumes_pending = 0;
  std::map<Str, ports::MountSpec> mounts;   // by volume name
  Str volume_error;
  Instant volume_retry_at;
  uint32_t volume_failures = 0;
  uint64_t volume_inputs = 0;               // fingerprint of the ConfigMaps and Secrets that were written
  bool volumes_settled = false;             // what they hold is made of nothing that changed since it was looked at
  Str volumes_ip;                           // the pod's address then
  bool torn_down = false;
  bool tear_down_in_flight = false;
  // Admission and end of life
  bool admitted = false;
  bool rejected = false;                    // phase Failed without ever running
  Str reject_reason, reject_message;
  Str resize_reason, resize_message;        // why it doesn't have what it asks for: "Deferred", "Infeasible"
  bool terminating = false;
  Instant kill_deadline;
  bool finished = false;                    // all containers ended for good
  Str terminal_reason, terminal_message;    // "DeadlineExceeded", "Evicted"
  bool evicted = false;                     // for what the node lacks: killed at once, nothing of it is kept
  bool disruption = false;                  // with the condition DisruptionTarget
  bool over = false;                        // the API already had it Succeeded or Failed when this kubelet first saw it
  bool storage_limits = false;              // eviction.h has_storage_limits()
  bool delete_sent = false;
  WallTime start_time;
  // API status
  api::core_v1::PodStatus sent;             // last status written
  bool sent_valid = false;
  bool patch_in_flight = false;
  bool patch_wanted = false;
  Duration patch_backoff;
  uint64_t timer = 0;                       // pending wake-up, 0: none
  Instant timer_at;
  uint64_t probe_timer = 0;                 // the same for the next probe
  Instant probe_timer_at;
  uint64_t cause = 0;                       // trace record that brought the pod here
};

}  // namespace orrery::kubelet
