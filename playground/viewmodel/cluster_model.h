// What the page knows of a cluster: plain data, filled by a ClusterSource, read by the views.
// Times are nanoseconds of the cluster's own clock (virtual in the tab, wall clock on a live cluster); 0 means never.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "playground/viewmodel/shared_blocks.h"
#include "playground/viewmodel/shared_list.h"

namespace orrery::viewmodel {

// The id of the rules by which a node's packets are sent on: this, and the node's name.
inline constexpr std::string_view kRulesPrefix = "rules/";

using Nanos = std::int64_t;
constexpr Nanos kSecond = 1'000'000'000;

struct ObjectRef {
  std::string kind;  // "Pod"
  std::string ns;    // empty for cluster-scoped kinds
  std::string name;
  friend bool operator==(const ObjectRef&, const ObjectRef&) = default;
};

enum class PartKind { User, ApiServer, Etcd, Scheduler, ControllerManager, Kubelet, KubeProxy, Runtime, Dns };

// A part of the machinery: one of the control plane, or one of a node.
struct Part {
  PartKind kind = PartKind::ApiServer;
  std::string id;    // "apiserver", "kubelet/node-1": the name trace records use
  std::string node;  // empty for the control plane
  bool running = true;
  bool can_stop = false;  // "break stop ID" works
  bool known = true;      // false: the cluster's API doesn't tell whether it runs, or even whether there is one
};

enum class ContainerState { Waiting, Running, Terminated };

enum class ContainerRole { Init, App, Ephemeral };

struct Container {
  std::string name;
  std::string image;
  ContainerState state = ContainerState::Waiting;
  ContainerRole role = ContainerRole::App;
  bool ready = false;
  bool started = false;
  int restarts = 0;
  int exit_code = 0;
  std::string reason;   // "CrashLoopBackOff", "Completed", ...
  std::string message;
  Nanos since = 0;      // when the present state began
  friend bool operator==(const Container&, const Container&) = default;
};

struct Condition {
  std::string type;
  std::string status;  // "True", "False", "Unknown"
  std::string reason;
  std::string message;
  Nanos since = 0;
  friend bool operator==(const Condition&, const Condition&) = default;
};

enum class PodPhase { Pending, Running, Succeeded, Failed, Unknown };

struct Pod {
  std::string uid;
  std::uint64_t revision = 0;  // of its resourceVersion: while it is the same, so is the pod; 0: not known
  std::string ns;
  std::string name;
  std::string node;        // empty until bound
  std::string owner_kind;  // of the controlling owner, empty for a bare pod
  std::string owner;
  PodPhase phase = PodPhase::Pending;
  bool ready = false;
  bool deleting = false;
  std::string reason;      // what `kubectl get pods` would print under STATUS
  std::string ip;
  std::string restart_policy;
  int restarts = 0;
  std::int64_t grace_s = 0;
  Nanos created = 0;
  Nanos deletion = 0;      // when the grace period ends
  Nanos started = 0;
  // Of all containers together; a limit is 0 as soon as one container has none.
  std::int64_t cpu_request_milli = 0, cpu_limit_milli = 0;
  std::int64_t memory_request = 0, memory_limit = 0;
  std::vector<std::pair<std::string, std::string>> labels;  // by key
  std::vector<Container> containers;  // init containers first
  std::vector<Condition> conditions;
  friend bool operator==(const Pod&, const Pod&) = default;
};

struct Node {
  std::string uid;
  std::string name;
  bool ready = false;
  bool schedulable = true;
  std::string reason;
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  friend bool operator==(const Node&, const Node&) = default;
};

// Anything else that owns pods: Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob.
struct Workload {
  std::string uid;
  ObjectRef ref;
  std::string owner_uid;
  int wanted = 0;
  int ready = 0;
  bool counts = true;  // false: wanted and ready mean nothing, as for a CronJob
  friend bool operator==(const Workload&, const Workload&) = default;
};

// Something that pods stand behind or point to: a Service, an Ingress, a claim, a ConfigMap, a Secret.
struct Thing {
  std::string uid;
  ObjectRef ref;
  std::string note;  // "ClusterIP 10.96.0.12", "Bound", "2 keys"
  friend bool operator==(const Thing&, const Thing&) = default;
};

// A thing and a pod: a Service sends to it, or it uses the ConfigMap.
struct Link {
  ObjectRef from;
  std::string pod_uid;
  friend bool operator==(const Link&, const Link&) = default;
};

enum class TieKind { Routes, Claims };

// Between two objects that are no pods: an Ingress routes to a Service, a claim has got a volume.
struct Tie {
  ObjectRef from, to;
  TieKind kind = TieKind::Routes;
  friend bool operator==(const Tie&, const Tie&) = default;
};

// One state that an object was in.
struct Revision {
  std::string version;  // metadata.resourceVersion
  Nanos at = 0;         // of the field manager's entry; 0: not known
  std::string who, how; // "kubectl-client-side-apply", "Update status"; empty: not known
  std::string yaml;     // without managedFields and resourceVersion; a Secret's data is masked
  friend bool operator==(const Revision&, const Revision&) = default;
};

// Those that the source still has, oldest first.
struct Revisions {
  ObjectRef of;
  bool watched = false;  // false: the source doesn't watch this kind
  bool deleted = false;  // the last was the end
  std::vector<Revision> list;
};

// One message between two parts. `cause` is the `seq` of the record it follows from, 0 for the first of a chain.
struct Trace {
  std::uint64_t seq = 0;
  std::uint64_t cause = 0;
  Nanos at = 0;
  std::string from;  // Part ids, or "pod/<uid>"
  std::string to;
  std::string verb;  // "create", "watch", "bind", ...
  ObjectRef object;
  std::int64_t revision = 0;
  std::string why;
  bool heartbeat = false;  // leases and periodic status: hidden
};

struct Event {
  std::string uid;
  Nanos at = 0;
  bool warning = false;
  std::string reason;
  std::string message;
  ObjectRef about;
  std::string source;
  int count = 1;
  friend bool operator==(const Event&, const Event&) = default;
};

struct Clock {
  Nanos now = 0;
  bool paused = false;
  double speed = 1.0;
  bool controllable = false;  // false on a live cluster: pause, step and speed are greyed
  // Of what was recorded: from here to there. `now` before `end` is the past.
  Nanos start = 0, end = 0;
  bool past() const { return now < end; }
  std::vector<Nanos> acts;    // when the user did something
  std::size_t branches = 0;   // kept from before the past was changed
};

// Invariant: pods, nodes, workloads and events are in the order of their (namespace, name) or, for events, of time.
struct ClusterModel {
  bool connected = false;
  bool simulated = true;
  std::string title;    // "simulated cluster, seed 7", "https://127.0.0.1:6443"
  std::vector<Part> parts;
  std::vector<std::string> faults;  // what is broken on purpose, as the words after "break"
  std::vector<Node> nodes;
  SharedList<Pod> pods;
  std::vector<Workload> workloads;
  SharedList<Thing> things;   // by kind, then namespace and name
  SharedBlocks<Link> links;   // a block: of one EndpointSlice, or of one pod to what it uses
  std::vector<Tie> ties;
  ObjectRef inspected;     // set by the page: whose revisions the source fills in; empty kind: nobody's
  Revisions revisions;
  std::vector<Event> events;
  SharedList<Trace> traces;   // the newest kMaxTraces, by seq
  Clock clock;
  std::uint64_t version = 0;  // grows with every change but the clock's
};

constexpr std::size_t kMaxTraces = 4096;
constexpr std::size_t kMaxEvents = 1000;

// Of each pod of `now` where it stood in `before`; kNewPod: it was not there. A pod of the same name as one before may be another.
constexpr std::uint32_t kNewPod = ~std::uint32_t{0};
std::vector<std::uint32_t> places_before(const SharedList<Pod>& before, const SharedList<Pod>& now);

const Pod* find_pod(const ClusterModel& model, const std::string& uid);
const Pod* find_pod(const ClusterModel& model, const std::string& ns, const std::string& name);
const Node* find_node(const ClusterModel& model, const std::string& name);
const Part* find_part(const ClusterModel& model, const std::string& id);

}  // namespace orrery::viewmodel
