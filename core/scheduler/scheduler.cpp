#include "core/scheduler/scheduler.h"

#include "core/api/gen/apps_v1.h"
#include "core/scheduler/messages.h"

namespace orrery::scheduler {

using api::ObjectPtr;
using api::core_v1::Node;
using api::core_v1::Pod;
using ports::WatchType;

namespace {

ports::Identity identity() {
  ports::Identity id;
  id.user = "system:kube-scheduler";
  id.groups = {"system:authenticated"};
  return id;
}

bool terminal(const Pod& pod) { return pod.status.phase == "Succeeded" || pod.status.phase == "Failed"; }

// What the rules read of a node; heartbeats change none of it.
bool same_for_rules(const Node& a, const Node& b) {
  return a.status.allocatable == b.status.allocatable && a.metadata.labels == b.metadata.labels &&
         a.spec.taints == b.spec.taints && a.spec.unschedulable == b.spec.unschedulable;
}

}  // namespace

Scheduler::Scheduler(ports::TaskQueue& queue, ports::ApiHandler& api, const ports::Clock& clock, const Rng& rng,
                     ports::TraceSink* trace, SchedulerOptions options)
    : queue_(&queue),
      clock_(&clock),
      trace_(trace),
      options_(std::move(options)),
      id_(queue.attach(*this)),
      client_(api, queue, identity(), "scheduler"),
      pods_(client_, queue, api::kind<Pod>()),
      nodes_(client_, queue, api::kind<Node>()),
      namespaces_(client_, queue, api::kind<api::core_v1::Namespace>()),
      budgets_(client_, queue, api::kind<api::policy_v1::PodDisruptionBudget>()),
      claims_(client_, queue, api::kind<api::core_v1::PersistentVolumeClaim>()),
      volumes_(client_, queue, api::kind<api::core_v1::PersistentVolume>()),
      classes_(client_, queue, api::kind<api::storage_v1::StorageClass>()),
      services_(client_, queue, api::kind<api::core_v1::Service>()),
      replication_controllers_(client_, queue, api::kind<api::core_v1::ReplicationController>()),
      replica_sets_(client_, queue, api::kind<api::apps_v1::ReplicaSet>()),
      stateful_sets_(client_, queue, api::kind<api::apps_v1::StatefulSet>()),
      informers_{&nodes_, &namespaces_, &budgets_, &claims_, &volumes_, &classes_,
                 &services_, &replication_controllers_, &replica_sets_, &stateful_sets_, &pods_},
      events_(client_, queue, clock, options_.name) {
  state_.rng = rng.child("scheduler");
  for (client::Informer* informer : informers_) informer->add_handler(*this);
}

Scheduler::~Scheduler() { queue_->detach(id_); }

void Scheduler::start() {
  if (state_.running) return;
  state_.running = true;
  for (client::Informer* informer : informers_) informer->start();
}

// The random stream and the counters of late answers go on; all else is forgotten.
void Scheduler::stop() {
  for (client::Informer* informer : informers_) informer->stop();
  events_.clear();
  if (state_.timer) queue_->cancel(state_.timer);
  for (const auto& [token, binding] : state_.binding)
    if (binding.timer) queue_->cancel(binding.timer);
  State fresh;
  fresh.rng = state_.rng;
  fresh.epoch = state_.epoch + 1;
  fresh.next_token = state_.next_token;
  state_ = std::move(fresh);
  chooser_.forget();
  victims_.forget();
}

Scheduler::Snapshot Scheduler::snapshot() const {
  return {state_, pods_.state(), nodes_.state(), namespaces_.state(), budgets_.state(), claims_.state(), volumes_.state(),
          classes_.state(), services_.state(), replication_controllers_.state(), replica_sets_.state(), stateful_sets_.state(),
          events_.state()};
}

void Scheduler::restore(Snapshot snapshot) {
  state_ = std::move(snapshot.own);
  pods_.restore(std::move(snapshot.pods));
  nodes_.restore(std::move(snapshot.nodes));
  namespaces_.restore(std::move(snapshot.namespaces));
  budgets_.restore(std::move(snapshot.budgets));
  claims_.restore(std::move(snapshot.claims));
  volumes_.restore(std::move(snapshot.volumes));
  classes_.restore(std::move(snapshot.classes));
  services_.restore(std::move(snapshot.services));
  replication_controllers_.restore(std::move(snapshot.replication_controllers));
  replica_sets_.restore(std::move(snapshot.replica_sets));
  stateful_sets_.restore(std::move(snapshot.stateful_sets));
  events_.restore(std::move(snapshot.events));
  chooser_.forget();
  victims_.forget();
}

bool Scheduler::ours(const Pod& pod) const {
  const Str& name = pod.spec.schedulerName;
  return pod.spec.nodeName.empty() && !terminal(pod) && !pod.metadata.deletionTimestamp &&
         pod.spec.schedulingGates.empty() && (name == options_.name || (name.empty() && options_.name == "default-scheduler"));
}

void Scheduler::on_change(const client::Informer& informer, WatchType, const ObjectPtr& before,
                          const ObjectPtr& after) {
  if (&informer == &pods_) return pod_changed(before.get<Pod>(), after.get<Pod>());
  if (&informer == &nodes_) return node_changed(before.get<Node>(), after.get<Node>());
  if (&informer == &budgets_ || group_changed(informer, before, after)) return;
  if (&informer != &namespaces_) return storage_changed(informer, before, after);
  if (after)
    state_.cluster.set_namespace(after.meta().name, after.meta().labels);
  else
    state_.cluster.remove_namespace(before.meta().name);
}

bool Scheduler::group_changed(const client::Informer& informer, const ObjectPtr& before, const ObjectPtr& after) {
  Groups& groups = state_.cluster.groups();
  const Key key = client::key_of(after ? after : before);
  if (&informer == &services_) {
    groups.set_service(key, after ? after.as<api::core_v1::Service>()->spec.selector : Map<Str>());
  } else if (&informer == &replica_sets_) {
    groups.set_owner(Groups::Owner::ReplicaSet, key, after ? after.as<api::apps_v1::ReplicaSet>()->spec.selector : Box<api::meta_v1::LabelSelector>());
  } else if (&informer == &stateful_sets_) {
    groups.set_owner(Groups::Owner::StatefulSet, key, after ? after.as<api::apps_v1::StatefulSet>()->spec.selector : Box<api::meta_v1::LabelSelector>());
  } else if (&informer == &replication_controllers_) {
    Box<api::meta_v1::LabelSelector> selector;
    if (after) selector.mut().matchLabels = after.as<api::core_v1::ReplicationController>()->spec.selector;
    groups.set_owner(Groups::Owner::ReplicationController, key, std::move(selector));
  } else {
    return false;
  }
  return true;
}

void Scheduler::node_changed(const NodePtr& before, const NodePtr& after) {
  if (!after) return state_.cluster.remove_node(before->metadata.name);
  bool same = before && same_for_rules(*before, *after);
  if (same && before->status.images == after->status.images) return;
  state_.cluster.set_node(after);
  if (!same) state_.waiting.happened(before ? Happening::NodeUpdated : Happening::NodeAdded, queue_->now());
}

void Scheduler::storage_changed(const client::Informer& informer, const ObjectPtr& before, const ObjectPtr& after) {
  Storage& storage = state_.cluster.storage();
  const Key key = client::key_of(after ? after : before);
  const Instant now = queue_->now();
  if (&informer == &claims_) {
    storage.set_claim(key, after.get<api::core_v1::PersistentVolumeClaim>());
    if (after) state_.waiting.happened(Happening::ClaimChanged, key, now);
    return;
  }
  if (&informer == &volumes_) {
    storage.set_volume(key.name, after.get<api::core_v1::PersistentVolume>());
    if (after) state_.waiting.happened(Happening::StorageChanged, now);
    return;
  }
  using api::storage_v1::StorageClass;
  storage.set_class(key.name, after.get<StorageClass>());
  // Of a class that is there already only the topologies can change what fits.
  const bool same = after && before && before.as<StorageClass>()->allowedTopologies == after.as<StorageClass>()->allowedTopologies;
  if (after && !same) state_.waiting.happened(Happening::StorageChanged, now);
}

// The pod counts no longer on its node.
void Scheduler::claims_freed(const Pod& pod) {
  for (const client::UsedClaim& used : client::claims_of(pod))
    state_.waiting.happened(Happening::ClaimFreed, {pod.metadata.namespace_, used.name}, queue_->now());
}

void Scheduler::pod_changed(const PodPtr& before, const PodPtr& after) {
  Key key = client::key_of((after ? after : before)->metadata);
  Instant now = queue_->now();
  if (!after || terminal(*after)) {
    state_.waiting.remove(key);
    state_.assumed.erase(key);
    state_.nominated.remove(key);
    if (state_.cluster.remove_pod(key) < 0) return;
    state_.waiting.happened(Happening::PodRemoved, now);
    return claims_freed(after ? *after : *before);
  }
  if (!after->spec.nodeName.empty()) {
    state_.waiting.remove(key);
    state_.nominated.remove(key);
    const Str* known = state_.cluster.node_of(key);
    bool was_assumed = state_.assumed.erase(key) > 0;
    const bool counted = known && *known == after->spec.nodeName;
    const bool bound_now = before && before->spec.nodeName.empty();
    bool same = counted && before && before->metadata.labels == after->metadata.labels &&
                before->spec.containers == after->spec.containers &&
                before->metadata.deletionTimestamp == after->metadata.deletionTimestamp;
    if (counted && bound_now) state_.waiting.happened(Happening::PodAdded, now);  // for sure now: others may follow it
    if (same || (was_assumed && counted && !after->metadata.deletionTimestamp)) return;
    state_.cluster.add_pod(std::make_shared<const PodInfo>(make_pod_info(after)), after->spec.nodeName);
    state_.waiting.happened(known ? Happening::PodUpdated : Happening::PodAdded, now);
    return;
  }
  if (state_.assumed.count(key)) return;  // its binding is under way
  if (!ours(*after)) {
    state_.nominated.remove(key);
    return state_.waiting.remove(key);
  }
  if (!before && !after->status.nominatedNodeName.empty())
    state_.nominated.set(key, {std::make_shared<const PodInfo>(make_pod_info(after)), after->status.nominatedNodeName});
  bool same = before && state_.waiting.contains(key) && before->metadata.labels == after->metadata.labels &&
              before->spec == after->spec;
  if (same) return;  // only its status changed, by us
  state_.waiting.add(std::make_shared<const PodInfo>(make_pod_info(after)), now);
}

void Scheduler::wake() {
  if (!state_.running || state_.cycle_posted) return;
  if (state_.waiting.active() == 0) {
    std::optional<Instant> next = state_.waiting.advance(queue_->now());
    if (state_.waiting.active() == 0) {
      if (!next || (state_.timer && state_.timer_due <= *next)) return;
      if (state_.timer) queue_->cancel(state_.timer);
      state_.timer_due = *next;
      state_.timer = queue_->post_at(*next, id_, kTimer, state_.epoch);
      return;
    }
  }
  state_.cycle_posted = true;
  queue_->post(id_, kCycle, state_.epoch);
}

void Scheduler::on_task(const ports::Task& task) {
  if (task.kind == kBound) return bound(task);
  if (task.kind == kVolume) return volume_answered(task);
  if (task.kind == kVolumesLate) return volumes_failed(task.arg, "binding volumes: context deadline exceeded");
  if (task.kind == kStatus || task.arg != state_.epoch) return;
  if (task.kind == kTimer) {
    state_.timer = 0;
    state_.waiting.advance(queue_->now());
    return wake();
  }
  state_.cycle_posted = false;
  cycle();
}

void Scheduler::cycle() {
  for (const client::Informer* informer : informers_)
    if (informer != &budgets_ && !informer->synced()) return;
  state_.waiting.advance(queue_->now());
  for (int i = 0; i < options_.pods_a_task_max; ++i) {
    std::optional<QueuedPod> pod = state_.waiting.take();
    if (!pod) break;
    decide(*pod);
  }
  wake();
}

void Scheduler::decide(const QueuedPod& pod) {
  Decision decision;
  decision.info = pod.info;
  decision.moment = state_.cluster.moment();
  decision.nominations = state_.nominated.position();
  const std::vector<Key> reserved = state_.nominated.reserve(*pod.info, state_.cluster);
  Choice choice = chooser_.choose(*pod.info, state_.rng);
  Preemption preemption;
  Str message;
  if (choice.node < 0) preemption = preempt(pod, choice, message);
  for (const Key& key : reserved) state_.cluster.release(key);
  remember(std::move(decision), choice, preemption);
  if (choice.node >= 0) return bind(pod, choice);
  if (!preemption.node.empty()) evict(pod, preemption);
  tell_refused(pod, choice, preemption, message);
}

Preemption Scheduler::preempt(const QueuedPod& pod, const Choice& choice, Str& message) {
  const Key key = client::key_of(pod.info->pod->metadata);
  const uint32_t nodes = state_.cluster.node_count();
  Preemption out;
  if (nodes == 0) return message = refusal_message(choice.refusals, nodes), out;
  Str why = not_eligible(*pod.info, state_.cluster, state_.nominated.node_of(key));
  if (!why.empty()) {
    message = refusal_message(choice.refusals, nodes, cat("preemption: ", why));
    return out;
  }
  std::vector<BudgetPtr> budgets;
  uint32_t first = 0;
  if (state_.cluster.any_below(pod.info->priority)) {
    for (const auto& [name, budget] : budgets_.objects()) budgets.push_back(budget.get<api::policy_v1::PodDisruptionBudget>());
    const uint32_t slots = static_cast<uint32_t>(state_.cluster.nodes().size());
    if (slots > kCandidatesMin) first = static_cast<uint32_t>(state_.rng.below(slots));
  }
  out = find_victims(*pod.info, state_.cluster, choice.refusals, budgets, first, &victims_);
  message = refusal_message(choice.refusals, nodes, preemption_message(out, nodes));
  return out;
}

void Scheduler::evict(const QueuedPod& pod, const Preemption& preemption) {
  const Pod& p = *pod.info->pod;
  for (const auto& victim : preemption.victims) {
    const Pod& v = *victim->pod;
    if (v.metadata.deletionTimestamp.is_set()) continue;
    const Key key = client::key_of(v.metadata);
    const Str why = cat(p.metadata.name, " is more important (priority ", pod.info->priority, " over ", victim->priority, ") and fits ",
                        preemption.node, " without ", v.metadata.name);
    const Str stamp = format_rfc3339(clock_->now());
    client::Patch patch;
    patch.type = client::kStrategicPatch;
    patch.subresource = "status";
    patch.body = cat(R"({"status":{"conditions":[{"type":"DisruptionTarget","status":"True","reason":"PreemptionByScheduler","lastTransitionTime":")", stamp,
                     R"(","message":")", options_.name, R"(: preempting to accommodate a higher priority pod"}]}})");
    client_.because(why).patch(api::kind<Pod>(), key, patch, {id_, kStatus, state_.epoch});
    client::Removal removal;
    removal.uid = v.metadata.uid;
    client_.because(why).remove(api::kind<Pod>(), key, removal, {id_, kStatus, state_.epoch});
    events_.normal(client::event_target(ObjectPtr(victim->pod)), "Preempted", cat("Preempted by pod ", p.metadata.uid, " on node ", preemption.node));
  }
  // Less important pods that waited for this node look for another.
  std::vector<Key> losers;
  for (const auto& [key, nominated] : state_.nominated.all())
    if (nominated.node == preemption.node && nominated.pod->priority < pod.info->priority) losers.push_back(key);
  for (const Key& key : losers) {
    client::Patch patch;
    patch.type = client::kMergePatch;
    patch.subresource = "status";
    patch.body = R"({"status":{"nominatedNodeName":null}})";
    client_.because(cat(preemption.node, " goes to ", p.metadata.name)).patch(api::kind<Pod>(), key, patch, {id_, kStatus, state_.epoch});
    state_.nominated.remove(key);
  }
  state_.nominated.set(client::key_of(p.metadata), {pod.info, preemption.node});
}

void Scheduler::remember(Decision d, const Choice& choice, const Preemption& preemption) {
  const Pod& p = *d.info->pod;
  d.at = queue_->now();
  d.pod = client::key_of(p.metadata);
  d.uid = p.metadata.uid;
  d.revision = std::max(pods_.revision(), nodes_.revision());
  d.choice = choice;
  d.preemption = preemption;
  if (choice.node >= 0) d.node = state_.cluster.nodes()[static_cast<size_t>(choice.node)].name;
  if (trace_) trace(d);
  state_.decisions.push_back(std::move(d));
  if (state_.decisions.size() <= options_.decisions_max) return;
  state_.decisions.pop_front();
  const Decision& oldest = state_.decisions.front();
  state_.cluster.forget_before(oldest.moment);
  state_.nominated.forget_before(oldest.nominations);
}

void Scheduler::trace(const Decision& d) {
  ports::TraceRecord r;
  r.at = d.at;
  r.from = "scheduler";
  r.to = d.node.empty() ? Str("scheduler") : Str(cat("kubelet/", d.node));
  r.verb = d.node.empty() ? "refuse" : "choose";
  r.kind = "Pod";
  r.ns = d.pod.ns;
  r.name = d.pod.name;
  r.revision = d.revision;
  r.why = d.node.empty() ? refusal_words(d.choice, d.preemption, state_.cluster.node_count())
                         : choice_words(d.choice, d.node, state_.cluster.node_count());
  trace_->emit(std::move(r));
}

void Scheduler::tell_refused(const QueuedPod& pod, const Choice& choice, const Preemption& preemption, const Str& message) {
  const Pod& p = *pod.info->pod;
  Key key = client::key_of(p.metadata);
  state_.waiting.refused(key, choice.refusals.why, queue_->now());
  ObjectPtr object(pod.info->pod);
  const ObjectPtr& newest = pods_.find(key);
  if (newest) object = newest;
  events_.warning(client::event_target(object), "FailedScheduling", message);
  Pod updated = *object.as<Pod>();
  auto is_scheduled = [](const api::core_v1::PodCondition& c) { return c.type == "PodScheduled"; };
  const auto* current = updated.status.conditions.find_if(is_scheduled);
  const Str nominated = preemption.node.empty() ? updated.status.nominatedNodeName : preemption.node;
  if (current && current->status == "False" && current->reason == "Unschedulable" && current->message == message &&
      nominated == updated.status.nominatedNodeName)
    return;
  updated.status.nominatedNodeName = nominated;
  api::core_v1::PodCondition c;
  c.type = "PodScheduled";
  c.status = "False";
  c.reason = "Unschedulable";
  c.message = message;
  c.observedGeneration = updated.metadata.generation;
  constexpr int64_t kSecond = 1'000'000'000;
  c.lastTransitionTime = current && current->status == "False" ? current->lastTransitionTime
                                                               : WallTime{clock_->now().ns / kSecond * kSecond};
  updated.status.conditions.erase_if(is_scheduled);
  updated.status.conditions.push_back(std::move(c));
  client_.because(message).update_status(api::kind<Pod>(), api::make_object(std::move(updated)), {id_, kStatus, state_.epoch});
}

const Decision* Scheduler::last_decision(const Key& key) const {
  const PodPtr pod = pods_.find(key).get<Pod>();
  if (!pod) return nullptr;
  for (auto it = state_.decisions.rbegin(); it != state_.decisions.rend(); ++it)
    if (it->uid == pod->metadata.uid && it->pod == key) return &*it;
  return nullptr;
}

Explanation Scheduler::explain(const Key& key) const {
  Explanation out;
  const PodPtr pod = pods_.find(key).get<Pod>();
  if (!pod) return out;
  out.decision = last_decision(key);
  auto then = out.decision ? explain(*out.decision) : std::nullopt;
  out.as_decided = then.has_value();
  out.nodes = then ? std::move(*then) : explain_now(pod);
  return out;
}

std::optional<std::vector<NodeReport>> Scheduler::explain(const Decision& decision) const {
  if (!state_.cluster.reaches(decision.moment) || !state_.nominated.reaches(decision.nominations)) return std::nullopt;
  Cluster then = state_.cluster;
  then.go_back(decision.moment);
  Nominations nominated = state_.nominated;
  nominated.go_back(decision.nominations);
  nominated.reserve(*decision.info, then);
  return Chooser(then).explain(*decision.info);
}

std::vector<NodeReport> Scheduler::explain_now(const PodPtr& pod) const {
  const Key key = client::key_of(pod->metadata);
  if (pod->spec.nodeName.empty() && !state_.cluster.node_of(key)) return Chooser(state_.cluster).explain(make_pod_info(pod));
  Cluster without = state_.cluster;
  without.remove_pod(key);
  Pod unbound = *pod;
  unbound.spec.nodeName = {};
  return Chooser(without).explain(make_pod_info(std::make_shared<const Pod>(std::move(unbound))));
}

}  // namespace orrery::scheduler
