#include "core/kubelet/node_registrar.h"

#include <algorithm>

#include "core/api/kinds.h"
#include "core/client/image_name.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;
using api::coordination_v1::Lease;
using ports::ApiReply;

namespace {

struct Condition {
  const char* type;
  const char* good_reason;
  const char* good_message;
  const char* bad_reason;
  const char* bad_message;
  const char* good_event;
  const char* bad_event;
};
// pkg/kubelet/nodestatus/setters.go
constexpr Condition kConditions[] = {
    {"MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available",
     "KubeletHasInsufficientMemory", "kubelet has insufficient memory available", "NodeHasSufficientMemory",
     "NodeHasInsufficientMemory"},
    {"DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure", "KubeletHasDiskPressure",
     "kubelet has disk pressure", "NodeHasNoDiskPressure", "NodeHasDiskPressure"},
    {"PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available", "KubeletHasInsufficientPID",
     "kubelet has insufficient PID available", "NodeHasSufficientPID", "NodeHasInsufficientPID"},
};

// The same but for heartbeat times.
bool same_status(v1::NodeStatus a, v1::NodeStatus b) {
  for (v1::NodeStatus* s : {&a, &b})
    for (uint32_t i = 0; i < s->conditions.size(); ++i) s->conditions.mut(i).lastHeartbeatTime = {};
  return a == b;
}

}  // namespace

NodeRegistrar::NodeRegistrar(client::Client& client, ports::TaskQueue& queue, ports::Clock& clock,
                             client::EventRecorder& events, ports::TraceSink* trace, NodeDescription node)
    : client_(client), queue_(queue), clock_(clock), events_(events), trace_(trace), id_(queue.attach(*this)) {
  state_.node = std::move(node);
}

NodeRegistrar::~NodeRegistrar() { queue_.detach(id_); }

void NodeRegistrar::start() {
  state_.running = true;
  state_.registered = false;
  state_.sent_valid = false;
  state_.lease = nullptr;
  ++state_.epoch;
  register_node();
}

void NodeRegistrar::stop() {
  state_.running = false;
  state_.images.reset();
  state_.pressure.clear();  // its memory goes, too: the next start knows of none
  ++state_.epoch;
}

void NodeRegistrar::set_runtime(bool ready, Str message, Str version) {
  bool changed = state_.runtime_ready != ready || state_.runtime_message != message;
  state_.runtime_ready = ready;
  state_.runtime_message = std::move(message);
  if (!version.empty()) state_.node.info.containerRuntimeVersion = std::move(version);
  if (changed && state_.registered) send_status();
}

void NodeRegistrar::set_pressure(std::string_view condition, bool on) {
  bool& now = state_.pressure[Str(condition)];
  if (now == on) return;
  now = on;
  for (const Condition& p : kConditions)
    if (condition == p.type)
      events_.normal({"v1", "Node", {{}, state_.node.name}, state_.node.name, {}, {}}, on ? p.bad_event : p.good_event,
                     cat("Node ", state_.node.name, " status is now: ", on ? p.bad_event : p.good_event));
  if (state_.registered) send_status();
}

void NodeRegistrar::set_images(std::vector<ports::ImageInfo> images) {
  std::stable_sort(images.begin(), images.end(), [](const ports::ImageInfo& a, const ports::ImageInfo& b) {
    return a.size_bytes != b.size_bytes ? a.size_bytes > b.size_bytes : a.id < b.id;
  });
  if (images.size() > kStatusImagesMax) images.resize(kStatusImagesMax);
  List<v1::ContainerImage> out;
  for (const ports::ImageInfo& image : images) {
    v1::ContainerImage told;
    for (uint32_t i = 0; i < image.names.size() && i < kImageNamesMax; ++i)
      told.names.push_back(client::normalized_image(image.names[i]));
    told.sizeBytes = static_cast<int64_t>(image.size_bytes);
    out.push_back(std::move(told));
  }
  state_.images = std::move(out);
}

v1::NodeStatus NodeRegistrar::make_status(const v1::NodeStatus& before) const {
  v1::NodeStatus s = before;
  s.capacity = state_.node.capacity;
  s.allocatable = state_.node.allocatable;
  s.nodeInfo = state_.node.info;
  if (state_.images) s.images = *state_.images;
  s.daemonEndpoints.kubeletEndpoint.Port = 10250;
  s.addresses.clear();
  for (auto [type, address] : {std::pair<const char*, Str>{"InternalIP", state_.node.ip}, {"Hostname", state_.node.name}}) {
    v1::NodeAddress a;
    a.type = type;
    a.address = address;
    s.addresses.push_back(std::move(a));
  }
  WallTime now = clock_.now();
  auto set = [&](const char* type, bool on, const char* reason, Str message) {
    v1::NodeCondition c;
    c.type = type;
    c.status = on ? "True" : "False";
    c.reason = reason;
    c.message = std::move(message);
    c.lastHeartbeatTime = now;
    c.lastTransitionTime = now;
    for (uint32_t i = 0; i < s.conditions.size(); ++i) {
      if (s.conditions[i].type != type) continue;
      if (s.conditions[i].status == c.status) c.lastTransitionTime = s.conditions[i].lastTransitionTime;
      s.conditions.mut(i) = c;
      return;
    }
    s.conditions.push_back(c);
  };
  for (const Condition& p : kConditions) {
    auto it = state_.pressure.find(p.type);
    bool on = it != state_.pressure.end() && it->second;
    set(p.type, on, on ? p.bad_reason : p.good_reason, on ? p.bad_message : p.good_message);
  }
  set("Ready", state_.runtime_ready, state_.runtime_ready ? "KubeletReady" : "KubeletNotReady",
      state_.runtime_ready ? Str("kubelet is posting ready status") : state_.runtime_message);
  return s;
}

void NodeRegistrar::register_node() {
  v1::Node node;
  node.metadata.name = state_.node.name;
  node.metadata.labels = state_.node.labels;
  node.metadata.labels.set("kubernetes.io/hostname", state_.node.name);
  node.metadata.labels.set("kubernetes.io/os", state_.node.info.operatingSystem);
  node.metadata.labels.set("kubernetes.io/arch", state_.node.info.architecture);
  node.metadata.labels.set("beta.kubernetes.io/os", state_.node.info.operatingSystem);
  node.metadata.labels.set("beta.kubernetes.io/arch", state_.node.info.architecture);
  node.metadata.annotations.set("volumes.kubernetes.io/controller-managed-attach-detach", "true");
  node.spec.taints = state_.node.taints;
  node.status = make_status({});
  client_.create(api::kind<v1::Node>(), api::make_object(std::move(node)), reply(kRegistered));
}

void NodeRegistrar::on_registered(const ApiReply& r) {
  if (r.error && r.error->reason != Reason::AlreadyExists) {
    queue_.post_after(kRegisterRetry, id_, kRegisterTick, state_.epoch);
    return;
  }
  client_.get(api::kind<v1::Node>(), {{}, state_.node.name}, reply(kGotNode));
}

void NodeRegistrar::send_status() { client_.get(api::kind<v1::Node>(), {{}, state_.node.name}, reply(kGotNode)); }

void NodeRegistrar::schedule_status(Duration wait, uint32_t kind) {
  if (state_.status_timer) queue_.cancel(state_.status_timer);
  state_.status_timer = queue_.post_after(wait, id_, kind, state_.epoch);
}

void NodeRegistrar::send_lease() {
  queue_.post_after(kLeaseRenew, id_, kLeaseTick, state_.epoch);
  if (!state_.lease) {
    client_.get(api::kind<v1::Node>(), {{}, state_.node.name}, reply(kLeaseOwner));
    return;
  }
  Lease lease = *state_.lease.as<Lease>();
  lease.spec.renewTime = clock_.now();
  client_.update(api::kind<Lease>(), api::make_object(std::move(lease)), reply(kLeaseSent));
}

// The Node owns its lease, so there is none without it (component-helpers, lease controller; SetNodeOwnerFunc).
void NodeRegistrar::make_lease(const ApiReply& r) {
  const v1::Node* node = r.object.as<v1::Node>();
  if (!node) return;
  Lease lease;
  lease.metadata.name = state_.node.name;
  lease.metadata.namespace_ = "kube-node-lease";
  auto& owner = lease.metadata.ownerReferences.push_back({});
  owner.apiVersion = "v1";
  owner.kind = "Node";
  owner.name = state_.node.name;
  owner.uid = node->metadata.uid;
  lease.spec.holderIdentity = state_.node.name;
  lease.spec.leaseDurationSeconds = static_cast<int32_t>(kLeaseDuration.s());
  lease.spec.renewTime = clock_.now();
  client_.create(api::kind<Lease>(), api::make_object(std::move(lease)), reply(kLeaseSent));
}

void NodeRegistrar::on_lease(const ApiReply& r) {
  if (!r.error && r.object) state_.lease = r.object;
  // Made by an earlier life of this kubelet, or changed by another hand: read it, the next renewal goes on from there.
  if (r.error && (r.error->reason == Reason::AlreadyExists || r.error->reason == Reason::Conflict))
    client_.get(api::kind<Lease>(), {"kube-node-lease", state_.node.name}, reply(kLeaseSent));
  if (r.error && r.error->reason == Reason::NotFound) state_.lease = nullptr;
}

void NodeRegistrar::on_task(const ports::Task& task) {
  if (task.arg != state_.epoch || !state_.running) return;
  switch (task.kind) {
    case kRegisterTick: register_node(); break;
    case kRegistered: on_registered(task.as<ApiReply>()); break;
    case kGotNode: {
      const auto& r = task.as<ApiReply>();
      const v1::Node* node = r.object.as<v1::Node>();
      if (!node && r.error && r.error->reason == Reason::NotFound) {  // somebody deleted it
        schedule_status(kStatusCheck, kStatusTick);
        break;
      }
      if (!node) {
        schedule_status(kRegisterRetry, state_.registered ? kStatusTick : kRegisterTick);
        break;
      }
      bool first = !state_.registered;
      state_.registered = true;
      v1::NodeStatus status = make_status(node->status);
      bool due = !state_.sent_valid || queue_.now() - state_.sent_at >= kStatusReport;
      if (due || !same_status(status, node->status)) {
        v1::Node copy = *node;
        copy.status = status;
        client_.update_status(api::kind<v1::Node>(), api::make_object(std::move(copy)), reply(kStatusSent));
        state_.sent = std::move(status);
      } else {
        schedule_status(kStatusCheck, kStatusTick);
      }
      if (first) {
        events_.normal({"v1", "Node", {{}, state_.node.name}, state_.node.name, {}, {}}, "Starting", "Starting kubelet.");
        send_lease();
      }
      break;
    }
    case kStatusSent: {
      const auto& r = task.as<ApiReply>();
      state_.sent_valid = !r.error;
      if (!r.error) state_.sent_at = queue_.now();
      if (!r.error && state_.runtime_ready && !state_.ready_event_sent) {
        state_.ready_event_sent = true;
        events_.normal({"v1", "Node", {{}, state_.node.name}, state_.node.name, {}, {}}, "NodeReady",
                       cat("Node ", state_.node.name, " status is now: NodeReady"));
      }
      schedule_status(r.error ? kRegisterRetry : kStatusCheck, kStatusTick);
      break;
    }
    case kStatusTick: send_status(); break;
    case kLeaseTick: send_lease(); break;
    case kLeaseOwner: make_lease(task.as<ApiReply>()); break;
    case kLeaseSent: on_lease(task.as<ApiReply>()); break;
  }
}

}  // namespace orrery::kubelet
