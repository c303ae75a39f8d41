#include "core/controllers/node_lifecycle.h"

#include <algorithm>

#include "core/client/match.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::coordination_v1::Lease;
using api::core_v1::Node;
using api::core_v1::NodeCondition;
using api::core_v1::Pod;
using api::core_v1::PodCondition;
using api::core_v1::Taint;
using api::core_v1::Toleration;
using client::Attempt;
using client::Key;
using client::Note;
using client::Plan;
using client::Write;
using ports::WatchType;

namespace {

constexpr const char* kNotReady = "node.kubernetes.io/not-ready";
constexpr const char* kUnreachable = "node.kubernetes.io/unreachable";

const NodeCondition* condition_of(const Node& node, std::string_view type) {
  return node.status.conditions.find_if([&](const NodeCondition& c) { return c.type == type; });
}

// The conditions that a silent kubelet leaves behind become Unknown.
bool mark_unknown(Node& node, WallTime now) {
  bool changed = false;
  for (const char* type : {"Ready", "MemoryPressure", "DiskPressure", "PIDPressure"}) {
    const NodeCondition* c = condition_of(node, type);
    if (c && c->status == "Unknown") continue;
    changed = true;
    if (!c) {
      NodeCondition never;
      never.type = type;
      never.status = "Unknown";
      never.reason = "NodeStatusNeverUpdated";
      never.message = "Kubelet never posted node status.";
      never.lastHeartbeatTime = node.metadata.creationTimestamp;
      never.lastTransitionTime = stamp(now);
      node.status.conditions.push_back(std::move(never));
      continue;
    }
    NodeCondition* slot = node.status.conditions.mut_if([&](const NodeCondition& x) { return x.type == type; });
    slot->status = "Unknown";
    slot->reason = "NodeStatusUnknown";
    slot->message = "Kubelet stopped posting node status.";
    slot->lastTransitionTime = stamp(now);
  }
  return changed;
}

// Taints that this controller owns: wanted or not.
struct OwnTaint {
  const char* key;
  const char* effect;
  bool wanted;
};

std::vector<OwnTaint> own_taints(const Node& node, bool may_evict, bool has_evicting) {
  auto is = [&](const char* type, const char* status) {
    const NodeCondition* c = condition_of(node, type);
    return c && c->status == status;
  };
  bool known = condition_of(node, "Ready") != nullptr;
  bool not_ready = is("Ready", "False") || !known, unknown = is("Ready", "Unknown");
  bool evict = may_evict || has_evicting;
  return {
      {kNotReady, "NoSchedule", not_ready},
      {kUnreachable, "NoSchedule", unknown},
      {"node.kubernetes.io/memory-pressure", "NoSchedule", is("MemoryPressure", "True")},
      {"node.kubernetes.io/disk-pressure", "NoSchedule", is("DiskPressure", "True")},
      {"node.kubernetes.io/pid-pressure", "NoSchedule", is("PIDPressure", "True")},
      {"node.kubernetes.io/network-unavailable", "NoSchedule", is("NetworkUnavailable", "True")},
      {"node.kubernetes.io/unschedulable", "NoSchedule", node.spec.unschedulable},
      {kNotReady, "NoExecute", not_ready && known && evict},
      {kUnreachable, "NoExecute", unknown && evict},
  };
}

bool is_evicting(const Taint& t) { return t.effect == "NoExecute" && (t.key == kNotReady || t.key == kUnreachable); }

bool set_taints(Node& node, const std::vector<OwnTaint>& own, WallTime now) {
  bool changed = false;
  for (const OwnTaint& wish : own) {
    auto same = [&](const Taint& t) { return t.key == wish.key && t.effect == wish.effect; };
    bool have = node.spec.taints.find_if(same) != nullptr;
    if (have == wish.wanted) continue;
    changed = true;
    if (have) {
      node.spec.taints.erase_if(same);
      continue;
    }
    Taint t;
    t.key = wish.key;
    t.effect = wish.effect;
    t.timeAdded = stamp(now);
    node.spec.taints.push_back(std::move(t));
  }
  return changed;
}

// How long the pod may stay: nothing when for ever.
std::optional<Duration> may_stay(const Pod& pod, const std::vector<Taint>& taints, WallTime now) {
  std::optional<Duration> shortest;
  for (const Taint& taint : taints) {
    bool tolerated = false;
    std::optional<int64_t> limit;
    for (const Toleration& t : pod.spec.tolerations) {
      if (!client::tolerates(t, taint)) continue;
      tolerated = true;
      if (t.tolerationSeconds) limit = std::min(limit.value_or(INT64_MAX), std::max<int64_t>(0, *t.tolerationSeconds));
    }
    if (!tolerated) return Duration{};
    if (!limit) continue;
    WallTime since = taint.timeAdded.is_set() ? taint.timeAdded : now;
    if (since < pod.metadata.creationTimestamp) since = pod.metadata.creationTimestamp;  // it came later than the taint
    Duration left = since + seconds(std::min<int64_t>(*limit, 1'000'000'000)) - now;
    if (left.ns < 0) left = {};
    if (!shortest || left < *shortest) shortest = left;
  }
  return shortest;
}

Pod with_condition(Pod pod, const char* type, const char* status, const char* reason, std::string message,
                   WallTime now) {
  PodCondition c;
  c.type = type;
  c.status = status;
  c.reason = reason;
  c.message = message;
  c.lastTransitionTime = stamp(now);
  pod.status.conditions.erase_if([&](const PodCondition& x) { return x.type == type; });
  pod.status.conditions.push_back(std::move(c));
  return pod;
}

void add_evictions(Plan& plan, const NodeView& view, const Attempt& attempt) {
  std::vector<Taint> taints;
  for (const Taint& t : view.node->spec.taints)
    if (t.effect == "NoExecute") {
      taints.push_back(t);
      auto since = view.tainted_since.find(t.key);
      if (!t.timeAdded.is_set() && since != view.tainted_since.end()) taints.back().timeAdded = since->second;
    }
  if (taints.empty()) return;
  uint16_t stage = plan.next_stage();
  for (const PodPtr& pod : view.pods) {
    if (pod->metadata.deletionTimestamp || is_terminal(*pod)) continue;
    std::optional<Duration> left = may_stay(*pod, taints, attempt.now);
    if (!left) continue;
    if (left->ns > 0) {
      if (plan.requeue_after.ns == 0 || *left < plan.requeue_after) plan.requeue_after = *left;
      continue;
    }
    ObjectPtr object(pod);
    Str why = cat(view.node->metadata.name, " has a taint that ", pod->metadata.name, " no longer tolerates: evicting it");
    Write told = client::update_status(
        api::make_object(with_condition(*pod, "DisruptionTarget", "True", "DeletionByTaintManager",
                                        "Taint manager: deleting due to NoExecute taint", attempt.now)),
        why);
    told.stage = stage;
    told.fine = Reason::NotFound;
    told.on_success = Note{client::event_target(object), "Normal", "TaintManagerEviction",
                           cat("Marking for deletion Pod ", pod->metadata.namespace_, "/", pod->metadata.name)};
    plan.writes.push_back(std::move(told));
    Write gone = client::remove(object, why);
    gone.stage = static_cast<uint16_t>(stage + 1);
    plan.writes.push_back(std::move(gone));
  }
  std::stable_sort(plan.writes.begin(), plan.writes.end(),
                   [](const Write& a, const Write& b) { return a.stage < b.stage; });
}

void mark_pods_not_ready(Plan& plan, const NodeView& view, WallTime now) {
  for (const PodPtr& pod : view.pods) {
    const PodCondition* ready = controllers::condition_of(*pod, "Ready");
    if (!ready || !(ready->status == "True")) continue;
    Pod changed = *pod;
    PodCondition* c = changed.status.conditions.mut_if([](const PodCondition& x) { return x.type == "Ready"; });
    c->status = "False";
    c->lastTransitionTime = stamp(now);
    Write w = client::update_status(api::make_object(std::move(changed)),
                                    cat(view.node->metadata.name, " is not ready, so ", pod->metadata.name, " isn't"));
    w.fine = Reason::NotFound;
    w.on_success = Note{client::event_target(ObjectPtr(pod)), "Warning", "NodeNotReady", "Node is not ready"};
    plan.writes.push_back(std::move(w));
  }
}

client::EventTarget node_target(const Str& name, const Str& uid) { return {"v1", "Node", {{}, name}, uid, {}, {}}; }

}  // namespace

Plan plan_node(const NodeView& view, const Attempt& attempt) {
  Plan plan;
  const Node& node = *view.node;
  const Str& name = node.metadata.name;
  client::EventTarget about = node_target(name, node.metadata.uid);
  if (view.fresh)
    plan.notes.push_back({about, "Normal", "RegisteredNode",
                          cat("Node ", name, " event: Registered Node ", name, " in Controller")});

  const NodeCondition* ready = condition_of(node, "Ready");
  bool was_ready = ready && ready->status == "True";
  Duration grace = ready ? kNodeGrace : kNodeStartupGrace;
  Duration silent = attempt.at - view.heard;
  if (silent >= grace) {
    Node judged = node;
    if (mark_unknown(judged, attempt.now)) {
      Write w = client::update_status(api::make_object(judged), cat(name, " has been silent for ", silent.s(), " s"));
      if (was_ready)
        w.on_success = Note{about, "Normal", "NodeNotReady", cat("Node ", name, " status is now: NodeNotReady")};
      plan.writes.push_back(std::move(w));
      if (was_ready) mark_pods_not_ready(plan, view, attempt.now);
      return plan;  // what follows from it, when it is told
    }
  } else {
    plan.requeue_after = grace - silent;
  }
  if (ready && ready->status == "False") mark_pods_not_ready(plan, view, attempt.now);

  bool evicting = node.spec.taints.find_if(is_evicting) != nullptr;
  Node tainted = node;
  if (set_taints(tainted, own_taints(node, view.may_evict, evicting), attempt.now)) {
    const NodeCondition* c = condition_of(node, "Ready");
    plan.writes.push_back(client::update(
        api::make_object(std::move(tainted)),
        cat("taints of ", name, " follow its conditions: Ready is ", c ? c->status : Str("not told"))));
    return plan;
  }
  bool down = !was_ready && ready;
  if (down && !evicting && !view.may_evict && view.evict_again > attempt.at) {
    Duration wait = view.evict_again - attempt.at;
    if (plan.requeue_after.ns == 0 || wait < plan.requeue_after) plan.requeue_after = wait;
  }
  add_evictions(plan, view, attempt);
  return plan;
}

void NodeLifecycleController::setup(client::InformerSet& informers) {
  nodes_ = &informers.of<Node>();
  nodes_->add_handler(*this);
  leases_ = &informers.of<Lease>();
  leases_->add_handler(*this);
  pods_ = &informers.of<Pod>();
  pods_->add_index(client::by_node_name);
  pods_->add_handler(*this);
}

void NodeLifecycleController::on_synced(const client::Informer& informer) {
  if (&informer == nodes_) queue().add({});  // the tick
}

void NodeLifecycleController::on_change(const client::Informer& informer, WatchType, const ObjectPtr& before,
                                        const ObjectPtr& after) {
  if (&informer == leases_) {
    const Lease* now = after.as<Lease>();
    if (!now || !(now->metadata.namespace_ == "kube-node-lease")) return;
    const Lease* was = before.as<Lease>();
    if (!was || was->spec.renewTime != now->spec.renewTime) ++state_.nodes[now->metadata.name].beats;
    return;
  }
  if (&informer == pods_) {
    // Only pods of nodes in trouble concern us.
    const Pod* pod = after.as<Pod>();
    if (!pod || pod->spec.nodeName.empty()) return;
    const Node* node = nodes_->get<Node>({{}, pod->spec.nodeName});
    if (!node) return;
    const NodeCondition* ready = condition_of(*node, "Ready");
    bool troubled = (ready && !(ready->status == "True")) ||
                    node->spec.taints.find_if([](const Taint& t) { return t.effect == "NoExecute"; });
    if (troubled && !(before && before.as<Pod>()->spec.nodeName == pod->spec.nodeName &&
                      before.as<Pod>()->spec.tolerations == pod->spec.tolerations))
      queue().add({{}, pod->spec.nodeName});
    return;
  }
  const Str& name = (after ? after : before).meta().name;
  if (!after) {
    state_.nodes.erase(name);
    state_.removed[name] = before.meta().uid;
    queue().add({{}, name});
    return;
  }
  const NodeCondition* was = before ? condition_of(*before.as<Node>(), "Ready") : nullptr;
  const NodeCondition* now = condition_of(*after.as<Node>(), "Ready");
  if (!before || (now && (!was || was->lastHeartbeatTime != now->lastHeartbeatTime))) ++state_.nodes[name].beats;
  queue().add({{}, name});
}

bool NodeLifecycleController::too_many_down() const {
  size_t down = 0;
  for (const auto& [key, object] : nodes_->objects()) {
    const NodeCondition* ready = condition_of(*object.as<Node>(), "Ready");
    down += ready && !(ready->status == "True");
  }
  if (down == 0) return false;
  if (down == nodes_->size()) return true;            // master disruption: perhaps it's us who are cut off
  return down > 2 && down * 100 >= nodes_->size() * 55;  // partial disruption
}

// Heartbeats are dated when we see them. If the tick itself comes late, time stood still for us (a laptop slept): then
// every node gets its whole grace period anew.
Plan NodeLifecycleController::tick(const Attempt& attempt) {
  bool gap = state_.ticking && attempt.at - state_.last_tick > kNodeTick * 4;
  for (auto& [name, health] : state_.nodes)
    if (gap && health.known) health.heard = attempt.at;
  state_.last_tick = attempt.at;
  state_.ticking = true;
  Plan plan;
  for (const auto& [name, uid] : state_.removed)
    plan.notes.push_back({node_target(name, uid), "Normal", "RemovingNode",
                          cat("Node ", name, " event: Removing Node ", name, " from Controller")});
  state_.removed.clear();
  plan.requeue_after = kNodeTick;
  return plan;
}

Plan NodeLifecycleController::plan(const Key& key, const Attempt& attempt) {
  // Count the beats that came since.
  for (auto& [name, health] : state_.nodes) {
    if (key.name.empty() ? false : !(name == key.name)) continue;
    if (health.beats > 0 || !health.known) {
      health.heard = attempt.at;
      health.known = true;
      health.beats = 0;
    }
  }
  if (key.name.empty()) return tick(attempt);
  const ObjectPtr& object = nodes_->find(key);
  if (!object) return {};
  Health& health = state_.nodes[key.name];
  if (!health.known) health.known = true, health.heard = attempt.at;
  std::map<Str, WallTime> since;
  for (const Taint& t : object.as<Node>()->spec.taints) {
    if (t.effect != "NoExecute" || t.timeAdded.is_set()) continue;
    auto seen = health.tainted_since.find(t.key);
    since[t.key] = seen == health.tainted_since.end() ? attempt.now : seen->second;
  }
  health.tainted_since = since;
  NodeView view;
  view.node = object.get<Node>();
  view.tainted_since = std::move(since);
  view.heard = health.heard;
  view.fresh = !health.told;
  health.told = true;
  const NodeCondition* ready = condition_of(*view.node, "Ready");
  bool down = !ready || !(ready->status == "True") || attempt.at - health.heard >= kNodeGrace;
  bool tainted = view.node->spec.taints.find_if([](const Taint& t) { return t.effect == "NoExecute"; }) != nullptr;
  if (down || tainted) view.pods = as_pods(pods_->lookup(client::by_node_name, key.name));
  if (down) {
    view.evict_again = attempt.at + kNodeTick;
    bool turn = !state_.evicted_any || attempt.at - state_.last_eviction >= kEvictionPeriod;
    if (!turn) view.evict_again = state_.last_eviction + kEvictionPeriod;
    view.may_evict = turn && !too_many_down();
  }
  Plan plan = plan_node(view, attempt);
  bool had = view.node->spec.taints.find_if(is_evicting) != nullptr;
  for (const Write& w : plan.writes)
    if (const Node* written = w.object.as<Node>(); written && !had && written->spec.taints.find_if(is_evicting)) {
      state_.evicted_any = true;
      state_.last_eviction = attempt.at;
    }
  return plan;
}

void PodGcController::setup(client::InformerSet& informers) {
  nodes_ = &informers.of<Node>();
  nodes_->add_handler(*this);
  pods_ = &informers.of<Pod>();
  pods_->add_index(client::by_node_name);
  pods_->add_handler(*this);
}

void PodGcController::on_change(const client::Informer& informer, WatchType type, const ObjectPtr& before,
                                const ObjectPtr& after) {
  if (&informer == nodes_) {
    const Str& name = (after ? after : before).meta().name;
    if (type == WatchType::Added) missing_since_.erase(name);
    if (type == WatchType::Deleted)
      for (const ObjectPtr& pod : pods_->lookup(client::by_node_name, name)) queue().add(client::key_of(pod));
    return;
  }
  const Pod* pod = after.as<Pod>();
  if (!pod) return;
  bool bound = !pod->spec.nodeName.empty();
  if (bound ? !nodes_->find({{}, pod->spec.nodeName}) : static_cast<bool>(pod->metadata.deletionTimestamp))
    queue().add(client::key_of(after));
}

Plan PodGcController::plan(const Key& key, const Attempt& attempt) {
  Plan plan;
  const ObjectPtr& object = pods_->find(key);
  const Pod* pod = object.as<Pod>();
  if (!pod) return plan;
  Str why;
  if (pod->spec.nodeName.empty()) {
    if (!pod->metadata.deletionTimestamp) return plan;
    why = cat(pod->metadata.name, " is being deleted and no node has it");
  } else {
    const Str& node = pod->spec.nodeName;
    if (nodes_->find({{}, node})) return plan;
    Instant since = missing_since_.try_emplace(node, attempt.at).first->second;
    if (attempt.at - since < kQuarantine) {
      plan.requeue_after = kQuarantine - (attempt.at - since);
      return plan;
    }
    why = cat("its node ", node, " no longer exists");
    Write check;
    check.op = Write::Op::CheckAbsent;
    check.kind = &api::kind<Node>();
    check.key = {{}, node};
    check.why = cat("is ", node, " really gone?");
    plan.writes.push_back(std::move(check));
    if (!is_terminal(*pod)) {
      Pod failed = with_condition(*pod, "DisruptionTarget", "True", "DeletionByPodGC",
                                  "PodGC: node no longer exists", attempt.now);
      failed.status.phase = "Failed";
      Write w = client::update_status(api::make_object(std::move(failed)), why);
      w.stage = 1;
      w.fine = Reason::NotFound;
      plan.writes.push_back(std::move(w));
    }
  }
  Write w = client::remove(object, why);
  w.removal.grace_s = 0;
  w.stage = plan.next_stage();
  plan.writes.push_back(std::move(w));
  return plan;
}

}  // namespace orrery::controllers
