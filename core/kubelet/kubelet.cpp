#include "core/kubelet/kubelet.h"

#include "core/api/kinds.h"
#include "core/base/text.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;
using ports::ApiReply;
using ports::Task;

namespace {

ports::Identity node_identity(const Str& name) {
  ports::Identity id;
  id.user = cat("system:node:", name);
  id.groups = {"system:nodes", "system:authenticated"};
  return id;
}

bool same(const ports::SandboxStatus& a, const ports::SandboxStatus& b) {
  return a.id == b.id && a.attempt == b.attempt && a.ready == b.ready && a.ip == b.ip && a.created_at == b.created_at;
}

bool same(const ports::ContainerStatus& a, const ports::ContainerStatus& b) {
  return a.id == b.id && a.name == b.name && a.attempt == b.attempt && a.state == b.state && a.created_at == b.created_at &&
         a.started_at == b.started_at && a.finished_at == b.finished_at && a.exit_code == b.exit_code && a.signal == b.signal &&
         a.reason == b.reason && a.message == b.message && a.image == b.image && a.image_id == b.image_id && a.spec_hash == b.spec_hash;
}

bool same(const ports::PodStatus& a, const ports::PodStatus& b) {
  if (a.sandboxes.size() != b.sandboxes.size() || a.containers.size() != b.containers.size()) return false;
  for (uint32_t i = 0; i < a.sandboxes.size(); ++i)
    if (!same(a.sandboxes[i], b.sandboxes[i])) return false;
  for (uint32_t i = 0; i < a.containers.size(); ++i)
    if (!same(a.containers[i], b.containers[i])) return false;
  return true;
}

// Nothing of the pod waits for a look at it: what may change it besides the runtime has a timer or tells.
bool runs_on(const PodState& pod) {
  return pod.observed_valid && pod.volumes_ready && !pod.gone && !pod.terminating && !pod.rejected && !pod.over && !pod.finished &&
         pod.terminal_reason.empty() && !pod.pod->metadata.deletionTimestamp.is_set() && !pod.pod->spec.activeDeadlineSeconds;
}

// Most updates of a pod are of its status: they share these with the object before.
bool same_containers_and_volumes(const v1::PodSpec& a, const v1::PodSpec& b) {
  return a.containers.same_block(b.containers) && a.initContainers.same_block(b.initContainers) &&
         a.ephemeralContainers.same_block(b.ephemeralContainers) && a.volumes.same_block(b.volumes);
}

// Upstream's podsDifferSemantically, pkg/kubelet/config/config.go: a change of anything else needs no sync.
bool same_but_status(const v1::Pod& a, const v1::Pod& b) {
  const auto &before = a.metadata, &after = b.metadata;
  return before.deletionTimestamp == after.deletionTimestamp && before.deletionGracePeriodSeconds == after.deletionGracePeriodSeconds &&
         before.labels == after.labels && before.annotations == after.annotations && a.spec == b.spec;
}

client::EventTarget node_target(const Str& name) { return {"v1", "Node", {{}, name}, name, {}, {}}; }

}  // namespace

Kubelet::Kubelet(KubeletPorts p, KubeletOptions options)
    : queue_(p.queue),
      clock_(p.clock),
      runtime_(p.runtime),
      image_service_(p.images),
      trace_(p.trace),
      id_(p.queue.attach(*this)),
      client_(p.api, p.queue, node_identity(options.node.name), cat("kubelet/", options.node.name)),
      events_(client_, p.queue, p.clock, "kubelet", options.node.name),
      pods_informer_(client_, p.queue, api::kind<v1::Pod>(), {{}, {}, cat("spec.nodeName=", options.node.name)}),
      services_(client_, p.queue, api::kind<v1::Service>()),
      tokens_(client_, p.queue, *this),
      config_(client_, p.queue, *this, services_, tokens_),
      registrar_(client_, p.queue, p.clock, events_, p.trace, options.node),
      server_(p.queue, p.runtime, p.dialer, p.clock, *this),
      worker_({p.queue, p.clock, p.runtime, p.images, p.volumes, p.prober, p.trace}, config_, *this, id_,
              kWorkerReply),
      images_(p.queue, p.runtime, p.images, events_, *this, node_target(options.node.name), options.image_gc),
      eviction_({p.queue, p.runtime, p.volumes}, events_, registrar_, images_, *this, std::move(options.eviction_hard)) {
  pods_informer_.add_handler(*this);
  services_.add_handler(*this);
  PodWorker::Settings& s = worker_.settings();
  s.node_name = options.node.name;
  s.node = {"containerd", options.node.ip};
  s.dns = options.dns;
  s.memory_bytes = options.node.capacity.get("memory").value();
  server_.stats().set_node(options.node.name, s.memory_bytes);
}

Kubelet::~Kubelet() { queue_.detach(id_); }

void Kubelet::start() {
  if (running_) return;
  running_ = true;
  ++epoch_;
  registrar_.start();
  services_.start();
  pods_informer_.start();
  images_.start();
  eviction_.start();
  connect_runtime();
}

void Kubelet::crash() {
  running_ = runtime_listed_ = false;
  ++epoch_;
  registrar_.stop();
  pods_informer_.stop();
  services_.stop();
  images_.stop();
  eviction_.stop();
  config_.clear();
  tokens_.clear();
  events_.clear();
  for (auto& [id, pod] : pods_) {
    if (pod.timer) queue_.cancel(pod.timer);
    if (pod.probe_timer) queue_.cancel(pod.probe_timer);
  }
  pods_.clear();
  id_of_.clear();
  dirty_.clear();
  worker_.restore({worker_.state().next_token, {}});
}

void Kubelet::copy_from(const Kubelet& other) {
  events_.restore(other.events_.state());
  pods_informer_.restore(other.pods_informer_.state());
  services_.restore(other.services_.state());
  tokens_.copy_from(other.tokens_);
  config_.copy_from(other.config_);
  registrar_.restore(other.registrar_.state());
  server_.copy_from(other.server_);
  worker_.copy_from(other.worker_);
  images_.restore(other.images_.state());
  eviction_.restore(other.eviction_.state());
  running_ = other.running_;
  runtime_listed_ = other.runtime_listed_;
  epoch_ = other.epoch_;
  next_id_ = other.next_id_;
  pods_ = other.pods_;
  id_of_ = other.id_of_;
  dirty_ = other.dirty_;
}

void Kubelet::connect_runtime() { runtime_.info({id_, kInfo, epoch_}); }

void Kubelet::on_info(const Task& task) {
  const auto& r = task.as<Result<ports::RuntimeInfo>>();
  if (!r.ok()) {
    registrar_.set_runtime(false, cat("container runtime is down: ", r.error().message), {});
    queue_.post_after(kRuntimeRetry, id_, kStartRuntime, epoch_);
    return;
  }
  worker_.settings().node.runtime_name = r->name;
  registrar_.set_runtime(true, {}, cat(r->name, "://", r->version));
  if (!runtime_listed_) runtime_.subscribe({id_, kRuntimeEvent, epoch_});
  runtime_.list_pods({id_, kRelisted, epoch_});
}

// Everything the runtime has: at start, after lost events, and every kRelist.
void Kubelet::on_relisted(const Task& task) {
  const auto& r = task.as<Result<std::vector<ports::PodStatus>>>();
  if (!r.ok()) {
    registrar_.set_runtime(false, cat("container runtime is down: ", r.error().message), {});
    queue_.post_after(kRuntimeRetry, id_, kStartRuntime, epoch_);
    return;
  }
  bool first = !runtime_listed_;
  runtime_listed_ = true;
  if (first) queue_.post_after(kRelist, id_, kRelistTick, epoch_);
  std::set<Str> seen;
  for (const ports::PodStatus& status : *r) {
    seen.insert(status.pod.uid);
    PodState* pod = by_uid(status.pod.uid);
    if (!pod && first) {  // not known from the API (yet): kept as gone, a synced informer may claim it
      v1::Pod stub;
      stub.metadata.uid = status.pod.uid;
      stub.metadata.namespace_ = status.pod.ns;
      stub.metadata.name = status.pod.name;
      pod = &add_pod(std::make_shared<const v1::Pod>(std::move(stub)));
      pod->gone = true;
    }
    if (!pod || pod->status_in_flight || pod->torn_down || pod->tear_down_in_flight) continue;
    if (!first && runs_on(*pod) && same(pod->observed, status)) continue;
    pod->observed = status;
    pod->observed_valid = true;
    mark_dirty(*pod);
  }
  for (auto& [id, pod] : pods_) {
    if (seen.count(pod.ref.uid) || pod.status_in_flight) continue;
    if (first) pod.observed_valid = true;  // the runtime has nothing of it
    mark_dirty(pod);
  }
}

void Kubelet::on_runtime_event(const ports::RuntimeEvent& event) {
  if (event.type == ports::RuntimeEvent::Type::Resync) {
    if (runtime_listed_) runtime_.list_pods({id_, kRelisted, epoch_});
    return;
  }
  if (PodState* pod = by_uid(event.pod.uid))
    if (pod->observed_valid) worker_.refresh(*pod);
}

PodState* Kubelet::by_id(uint64_t id) {
  auto it = pods_.find(id);
  return it == pods_.end() ? nullptr : &it->second;
}

PodState* Kubelet::by_uid(const Str& uid) {
  auto it = id_of_.find(uid);
  return it == id_of_.end() ? nullptr : &pods_.at(it->second);
}

PodState& Kubelet::add_pod(PodPtr pod) {
  uint64_t id = next_id_++;
  PodState& s = pods_[id];
  s.id = id;
  s.ref = {pod->metadata.uid, pod->metadata.namespace_, pod->metadata.name};
  s.pod = std::move(pod);
  s.observed_valid = runtime_listed_;
  id_of_[s.ref.uid] = id;
  return s;
}

// What the API has now, as the watch or the answer to a write tells it; a watch may be behind an answer.
void Kubelet::renew(PodState& s, PodPtr pod) {
  if (client::revision_of(pod->metadata) < client::revision_of(s.pod->metadata)) return;
  const bool same_spec = same_containers_and_volumes(s.pod->spec, pod->spec);
  // Volumes also show what the pod says of itself.
  if (!same_spec || !s.pod->metadata.labels.same_block(pod->metadata.labels) || !s.pod->metadata.annotations.same_block(pod->metadata.annotations))
    s.volumes_settled = false;
  s.pod = std::move(pod);
  if (!same_spec) hold(s);
}

void Kubelet::hold(PodState& s) {
  s.ephemeral = ephemeral_containers(*s.pod);
  s.storage_limits = has_storage_limits(*s.pod);
  config_.hold(s.ref.uid, *s.pod);
}

void Kubelet::update_pod(PodPtr pod) {
  PodState* s = by_uid(pod->metadata.uid);
  if (!s) {
    s = &add_pod(pod);
    hold(*s);
    if (trace_) {
      ports::TraceRecord r;
      r.at = queue_.now();
      r.from = "apiserver";
      r.to = cat("kubelet/", registrar_.node().name);
      r.verb = "watch ADDED";
      r.kind = "Pod";
      r.ns = s->ref.ns;
      r.name = s->ref.name;
      r.why = "the kubelet watches the pods bound to its node";
      s->cause = trace_->emit(std::move(r));
    }
  }
  const bool told_by_us = s->admitted && !s->gone && s->sent_valid && pod->status == s->sent && same_but_status(*s->pod, *pod);
  s->gone = false;
  renew(*s, std::move(pod));
  if (told_by_us) return;
  if (ready_to_sync()) take(*s);
  mark_dirty(*s);
}

void Kubelet::remove_pod(const Str& uid) {
  PodState* pod = by_uid(uid);
  if (!pod) return;
  pod->gone = true;
  mark_dirty(*pod);
}

void Kubelet::mark_dirty(const PodState& pod) {
  if (dirty_.insert(pod.id).second) queue_.post(id_, kSync, pod.id);
}

void Kubelet::mark_dirty(const Str& uid) {
  if (PodState* pod = by_uid(uid)) mark_dirty(*pod);
}

void Kubelet::config_changed(const Str& uid) {
  PodState* pod = by_uid(uid);
  if (!pod) return;
  pod->volumes_settled = false;
  mark_dirty(*pod);
}

void Kubelet::on_change(const client::Informer& informer, ports::WatchType, const api::ObjectPtr& before,
                        const api::ObjectPtr& after) {
  if (&informer == &services_) return config_.services_changed();  // read when a container is created
  if (&informer != &pods_informer_) {
    for (const Str& uid : config_.users_of(informer)) config_changed(uid);
    return;
  }
  if (after)
    update_pod(after.get<v1::Pod>());
  else if (before)
    remove_pod(before.meta().uid);
}

void Kubelet::on_synced(const client::Informer& informer) {
  if (&informer == &services_) return;
  if (&informer != &pods_informer_) {
    for (const Str& uid : config_.users_of(informer)) config_changed(uid);
    return;
  }
  for (auto& [id, pod] : pods_) mark_dirty(pod);
}

void Kubelet::event(const PodState& pod, const Str& field, bool warning, const char* reason, std::string message) {
  if (pod.gone) return;
  client::EventTarget about{"v1", "Pod", {pod.ref.ns, pod.ref.name}, pod.ref.uid, pod.pod->metadata.resourceVersion,
                            field};
  events_.record(about, warning ? "Warning" : "Normal", reason, std::move(message));
}

void Kubelet::wake(PodState& pod, Instant at) {
  if (pod.timer && pod.timer_at <= at && pod.timer_at > queue_.now()) return;
  if (pod.timer) queue_.cancel(pod.timer);
  pod.timer_at = at;
  pod.timer = queue_.post_at(at, id_, kWake, pod.id);
}

void Kubelet::wake_probes(PodState& pod, Instant at) {
  if (pod.probe_timer && pod.probe_timer_at <= at && pod.probe_timer_at > queue_.now()) return;
  if (pod.probe_timer) queue_.cancel(pod.probe_timer);
  pod.probe_timer_at = at;
  pod.probe_timer = queue_.post_at(at, id_, kProbe, pod.id);
}

const PodState* Kubelet::find_pod(const Str& ns, const Str& name) const {
  for (const auto& [id, pod] : pods_)
    if (pod.ref.name == name && pod.ref.ns == ns && !pod.gone) return &pod;
  return nullptr;
}

std::vector<const PodState*> Kubelet::pods() const {
  std::vector<const PodState*> out;
  for (const auto& [id, pod] : pods_) out.push_back(&pod);
  return out;
}

std::vector<const PodState*> Kubelet::evictable() const {
  std::vector<const PodState*> out;
  for (const auto& [id, pod] : pods_) {
    if (!pod.admitted || pod.rejected || pod.over || pod.finished || !pod.terminal_reason.empty()) continue;
    if (pod.gone || pod.terminating || pod.pod->metadata.deletionTimestamp.is_set()) continue;
    out.push_back(&pod);
  }
  return out;
}

void Kubelet::evict(const Str& uid, const std::string& message, bool disruption) {
  PodState* pod = by_uid(uid);
  if (!pod || !pod->terminal_reason.empty()) return;
  pod->evicted = true;
  pod->disruption = disruption;
  pod->terminal_reason = "Evicted";
  pod->terminal_message = message;
  event(*pod, {}, true, "Evicted", message);
  pod->cause = worker_.trace(*pod, cat("kubelet/", registrar_.node().name), cat("pod/", uid), "evict", message);
  mark_dirty(*pod);
}

bool Kubelet::cleaned_up(const Str& uid) const {
  auto it = id_of_.find(uid);
  if (it == id_of_.end()) return true;
  const PodState& pod = pods_.at(it->second);
  return pod.torn_down && PodWorker::all_stopped(pod);
}

// An image's id ends a container's image id: "nginx@sha256:...".
std::set<Str> Kubelet::images_in_use() const {
  std::set<Str> out;
  for (const auto& [id, pod] : pods_) {
    for (const auto& [name, c] : pod.containers)
      if (!c.image_id.empty()) out.insert(c.image_id);
    for (const ports::ContainerStatus& c : pod.observed.containers) {
      const size_t at = c.image_id.view().rfind('@');
      out.insert(at == std::string_view::npos ? c.image_id : Str(c.image_id.view().substr(at + 1)));
    }
  }
  return out;
}

void Kubelet::status_changed(PodState& pod) {
  bool removed = pod.terminating && pod.torn_down && PodWorker::all_stopped(pod);
  if (pod.gone) {
    if (removed) queue_.post(id_, kForget, token_of(pod.id));
    return;
  }
  if (pod.patch_in_flight) {
    pod.patch_wanted = true;
    return;
  }
  write_status(pod);
  if (removed && !pod.patch_in_flight) delete_in_api(pod);
}

void Kubelet::write_status(PodState& pod) {
  if (pod.over) return;
  v1::PodStatus status = compute_status(pod, worker_.settings().node, clock_.now());
  if (status == pod.pod->status || (pod.sent_valid && status == pod.sent)) return;
  v1::Pod copy = *pod.pod;  // of its revision: what others wrote since, labels and finalizers, must stay
  copy.status = status;
  pod.sent = std::move(status);
  pod.sent_valid = true;
  pod.patch_in_flight = true;
  client_.update_status(api::kind<v1::Pod>(), api::make_object(std::move(copy)), {id_, kPatched, token_of(pod.id)});
}

PodState* Kubelet::by_token(uint64_t token, uint64_t* id) {
  if (token >> kEpochShift != epoch_) return nullptr;
  uint64_t n = token & ((uint64_t{1} << kEpochShift) - 1);
  if (id) *id = n;
  return by_id(n);
}

void Kubelet::on_patched(const Task& task) {
  PodState* pod = by_token(task.arg);
  if (!pod) return;
  const auto& r = task.as<ApiReply>();
  pod->patch_in_flight = pod->patch_wanted = false;
  if (!r.error) {
    pod->patch_backoff = {};
    if (PodPtr stored = r.object.get<v1::Pod>(); stored && stored->metadata.uid == pod->ref.uid) renew(*pod, std::move(stored));
    return status_changed(*pod);  // it may have changed meanwhile
  }
  pod->sent_valid = false;
  if (r.error->reason == Reason::NotFound) return;  // the watch will tell
  const Duration first = r.error->reason == Reason::Conflict ? kConflictRetryMin : kPatchRetryMin;
  pod->patch_backoff = pod->patch_backoff.ns == 0 ? first : pod->patch_backoff * 2;
  if (pod->patch_backoff > kPatchRetryMax) pod->patch_backoff = kPatchRetryMax;
  queue_.post_after(pod->patch_backoff, id_, kPatchRetry, task.arg);
}

void Kubelet::on_delete_sent(const Task& task) {
  PodState* pod = by_token(task.arg);
  const auto& r = task.as<ApiReply>();
  if (!pod || !r.error || r.error->reason == Reason::NotFound || r.error->reason == Reason::Conflict) return;
  pod->delete_sent = false;
  wake(*pod, queue_.now() + kPatchRetryMax);
}

void Kubelet::delete_in_api(PodState& pod) {
  if (pod.delete_sent) return;
  pod.delete_sent = true;
  client::Removal how;
  how.grace_s = 0;
  how.uid = pod.ref.uid;
  client_.remove(api::kind<v1::Pod>(), {pod.ref.ns, pod.ref.name}, how, {id_, kDeleteSent, token_of(pod.id)});
}

void Kubelet::forget(uint64_t id) {
  PodState* pod = by_id(id);
  if (!pod) return;
  if (pod->timer) queue_.cancel(pod->timer);
  Str uid = pod->ref.uid;
  config_.release(uid);
  tokens_.release(uid);
  worker_.forget(id);
  id_of_.erase(uid);
  dirty_.erase(id);
  pods_.erase(id);
}

void Kubelet::on_task(const Task& task) {
  if (!running_) return;
  switch (task.kind) {
    case kStartRuntime:
      if (task.arg == epoch_) connect_runtime();
      break;
    case kInfo:
      if (task.arg == epoch_) on_info(task);
      break;
    case kRelisted:
      if (task.arg == epoch_) on_relisted(task);
      break;
    case kRelistTick:
      if (task.arg != epoch_) break;
      runtime_.info({id_, kInfo, epoch_});
      image_service_.list({id_, kImages, epoch_});
      queue_.post_after(kRelist, id_, kRelistTick, epoch_);
      break;
    case kImages: {
      const auto& r = task.as<Result<std::vector<ports::ImageInfo>>>();
      if (task.arg == epoch_ && r.ok()) registrar_.set_images(*r);
      break;
    }
    case kRuntimeEvent:
      if (task.arg == epoch_) on_runtime_event(task.as<ports::RuntimeEvent>());
      break;
    case kWorkerReply: {
      Call call;
      if (!worker_.take_call(task.arg, call)) break;
      if (PodState* pod = by_id(call.pod)) worker_.on_reply(*pod, call, task);
      break;
    }
    case kWake:
    case kSync: {
      PodState* pod = by_id(task.arg);
      if (task.kind == kWake && pod && pod->timer == task.seq) pod->timer = 0;
      if (task.kind == kSync) dirty_.erase(task.arg);
      if (!pod || !ready_to_sync()) break;
      take(*pod);
      worker_.sync(*pod);
      break;
    }
    case kProbe: {
      PodState* pod = by_id(task.arg);
      if (pod && pod->probe_timer == task.seq) pod->probe_timer = 0;
      if (pod && ready_to_sync()) worker_.probe_again(*pod);
      break;
    }
    case kPatched:
      on_patched(task);
      break;
    case kPatchRetry:
      if (PodState* pod = by_token(task.arg)) status_changed(*pod);
      break;
    case kDeleteSent:
      on_delete_sent(task);
      break;
    case kForget: {
      uint64_t id = 0;
      if (by_token(task.arg, &id)) forget(id);
      break;
    }
  }
}

}  // namespace orrery::kubelet
