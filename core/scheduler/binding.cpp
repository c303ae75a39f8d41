// Scheduler: how a chosen node becomes the pod's. Claims that waited for the choice come first: volumes that exist are
// given to them, and for the others the node is noted on the claim, so that a volume is made there. The pod follows
// when all of its claims are bound. Source: pkg/scheduler/framework/plugins/volumebinding/binder.go (BindPodVolumes,
// checkBindings).
#include <algorithm>

#include "core/scheduler/messages.h"
#include "core/scheduler/scheduler.h"

namespace orrery::scheduler {

using api::ObjectPtr;
using api::core_v1::Node;
using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using api::core_v1::Pod;

void Scheduler::bind(const QueuedPod& pod, const Choice& choice) {
  const Key key = client::key_of(pod.info->pod->metadata);
  const NodeInfo& chosen = state_.cluster.nodes()[static_cast<size_t>(choice.node)];
  const uint64_t token = state_.next_token++;
  VolumePlan plan;
  if (!pod.info->claims.empty()) plan = VolumeCheck(*pod.info, state_.cluster).plan(chosen);
  Binding binding;
  binding.pod = pod.info;
  binding.node = chosen.name;
  binding.why = choice_words(choice, chosen.name, state_.cluster.node_count());
  state_.cluster.add_pod(pod.info, binding.node);
  state_.assumed[key] = token;
  state_.binding[token] = std::move(binding);
  if (plan.empty()) return bind_pod(token);
  bind_volumes(token, std::move(plan));
}

void Scheduler::bind_volumes(uint64_t token, VolumePlan plan) {
  Binding& b = state_.binding[token];
  ++state_.awaiting_volumes;
  b.timer = queue_->post_after(options_.volumes_max, id_, kVolumesLate, token);
  const Str pod = b.pod->pod->metadata.name;
  for (const VolumePlan::Binding& pair : plan.bindings) {
    b.volumes.push_back(pair.volume->metadata.name);
    b.claims.push_back(client::key_of(pair.claim->metadata));
    ObjectPtr taken = api::make_object(client::taken_by(*pair.volume, *pair.claim));
    state_.cluster.storage().assume(taken.get<PersistentVolume>());
    ++b.calls;
    client_
        .because(
            cat(pod, " goes to ", b.node, ", and ", pair.volume->metadata.name, " suits ", pair.claim->metadata.name))
        .update(api::kind<PersistentVolume>(), taken, {id_, kVolume, token});
  }
  for (const ClaimPtr& claim : plan.provisions) {
    const Key key = client::key_of(claim->metadata);
    b.claims.push_back(key);
    b.provisions.push_back(key);
    PersistentVolumeClaim chosen = *claim;
    chosen.metadata.annotations.set(client::kSelectedNode, b.node);
    ObjectPtr object = api::make_object(std::move(chosen));
    state_.cluster.storage().assume(object.get<PersistentVolumeClaim>());
    ++b.calls;
    client_.because(cat(pod, " goes to ", b.node, ": the volume of ", key.name, " is to be made there"))
        .update(api::kind<PersistentVolumeClaim>(), object, {id_, kVolume, token});
  }
}

void Scheduler::volume_answered(const ports::Task& task) {
  auto it = state_.binding.find(task.arg);
  if (it == state_.binding.end()) return;
  Binding& b = it->second;
  const auto& reply = task.as<ports::ApiReply>();
  if (reply.error) return volumes_failed(task.arg, reply.error->message);
  uint64_t& seen = reply.object.as<PersistentVolume>() ? b.volumes_seen : b.claims_seen;
  seen = std::max(seen, client::revision_of(reply.object.meta()));
  if (--b.calls == 0) check_volumes();
}

void Scheduler::check_volumes() {
  std::vector<uint64_t> ready;
  std::vector<std::pair<uint64_t, Str>> failed;
  for (const auto& [token, b] : state_.binding) {
    if (b.sent || b.calls > 0) continue;
    Result<bool> bound = volumes_bound(b);
    if (!bound.ok())
      failed.push_back({token, bound.error().message});
    else if (*bound)
      ready.push_back(token);
  }
  for (uint64_t token : ready) bind_pod(token);
  for (const auto& [token, message] : failed) volumes_failed(token, cat("binding volumes: ", message));
}

Result<bool> Scheduler::volumes_bound(const Binding& b) const {
  const Pod* pod = pods_.get<Pod>(client::key_of(b.pod->pod->metadata));
  if (!pod || !(pod->metadata.uid == b.pod->pod->metadata.uid))
    return make_error(Reason::NotFound, "pod does not exist any more");
  if (volumes_.revision() < b.volumes_seen || claims_.revision() < b.claims_seen) return false;
  const Node* node = nodes_.get<Node>({{}, b.node});
  if (!node)
    return make_error(Reason::NotFound, cat("failed to get node \"", b.node, "\": node \"", b.node, "\" not found"));
  auto mismatch = [&](const PersistentVolume& volume) {
    return make_error(Reason::Conflict,
                      cat("pv \"", volume.metadata.name, "\" node affinity doesn't match node \"", b.node, "\""));
  };
  for (const Str& name : b.volumes) {
    const auto* volume = volumes_.get<PersistentVolume>({{}, name});
    if (!volume)
      return make_error(Reason::NotFound, cat("failed to check binding: persistentvolume \"", name, "\" not found"));
    if (!client::reachable(*volume, *node)) return mismatch(*volume);
    if (!volume->spec.claimRef || volume->spec.claimRef->uid.empty())
      return make_error(Reason::Conflict, cat("ClaimRef got reset for pv \"", name, "\""));
  }
  for (const Key& key : b.claims) {
    const auto* claim = claims_.get<PersistentVolumeClaim>(key);
    if (!claim) return make_error(Reason::NotFound, cat("persistentvolumeclaim \"", key.name, "\" not found"));
    // A provisioner that fails takes the node off the claim.
    bool made = std::find(b.provisions.begin(), b.provisions.end(), key) != b.provisions.end();
    if (made && !(claim->metadata.annotations.get(client::kSelectedNode) == b.node))
      return make_error(Reason::Conflict, cat("provisioning failed for PVC \"", key.name, "\""));
    if (!client::is_fully_bound(*claim)) return false;
    const auto* volume = volumes_.get<PersistentVolume>({{}, claim->spec.volumeName});
    if (!volume) return false;  // the cache lags behind
    if (!client::reachable(*volume, *node)) return mismatch(*volume);
  }
  return true;
}

void Scheduler::bind_pod(uint64_t token) {
  Binding& b = state_.binding[token];
  if (!b.claims.empty()) --state_.awaiting_volumes;
  if (b.timer) queue_->cancel(b.timer);
  b.timer = 0;
  b.sent = true;
  const auto& meta = b.pod->pod->metadata;
  client_.because(std::move(b.why)).bind(client::key_of(meta), meta.uid, b.node, {id_, kBound, token});
}

// The pod counts no longer on the node, unless that is known from elsewhere by now.
void Scheduler::unreserve(uint64_t token, const Key& key) {
  auto assumed = state_.assumed.find(key);
  if (assumed == state_.assumed.end() || assumed->second != token) return;
  state_.assumed.erase(assumed);
  state_.cluster.remove_pod(key);
  state_.waiting.happened(Happening::PodRemoved, queue_->now());
}

// What was decided about volumes no longer counts.
void Scheduler::give_up(uint64_t token) {
  auto it = state_.binding.find(token);
  Storage& storage = state_.cluster.storage();
  for (const Str& name : it->second.volumes) storage.take_back_volume(name);
  for (const Key& claim : it->second.provisions) storage.take_back_claim(claim);
  if (it->second.timer) queue_->cancel(it->second.timer);
  --state_.awaiting_volumes;
  state_.binding.erase(it);
}

void Scheduler::volumes_failed(uint64_t token, const Str& message) {
  auto it = state_.binding.find(token);
  if (it == state_.binding.end() || it->second.sent) return;
  const std::shared_ptr<const PodInfo> info = it->second.pod;
  const Key key = client::key_of(info->pod->metadata);
  give_up(token);
  unreserve(token, key);
  claims_freed(*info->pod);
  const Pod* now = pods_.get<Pod>(key);
  if (now && now->metadata.uid == info->pod->metadata.uid && ours(*now)) {
    state_.waiting.failed(key, queue_->now());
    events_.warning(client::event_target(ObjectPtr(info->pod)), "FailedScheduling",
                    cat("running PreBind plugin \"VolumeBinding\": ", message));
  } else if (!now || !ours(*now)) {
    state_.waiting.remove(key);
  }
  wake();
}

void Scheduler::bound(const ports::Task& task) {
  auto it = state_.binding.find(task.arg);
  if (it == state_.binding.end()) return;
  Binding binding = std::move(it->second);
  state_.binding.erase(it);
  const auto& reply = task.as<ports::ApiReply>();
  const Pod& p = *binding.pod->pod;
  Key key = client::key_of(p.metadata);
  if (!reply.error) {
    state_.waiting.remove(key);
    events_.normal(client::event_target(ObjectPtr(binding.pod->pod)), "Scheduled", assigned_message(key, binding.node));
    return;
  }
  unreserve(task.arg, key);
  claims_freed(p);
  const Pod* now = pods_.get<Pod>(key);
  if (!now || !ours(*now)) {
    state_.waiting.remove(key);
  } else {
    state_.waiting.failed(key, queue_->now());
    events_.warning(client::event_target(ObjectPtr(binding.pod->pod)), "FailedScheduling",
                    cat("Binding rejected: ", reply.error->message));
  }
  wake();
}

}  // namespace orrery::scheduler
