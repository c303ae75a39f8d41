#include "core/controllers/daemon_set.h"

#include <algorithm>
#include <set>

#include "core/client/match.h"
#include "core/controllers/claim.h"
#include "core/controllers/rollout.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::apps_v1::ControllerRevision;
using api::apps_v1::DaemonSet;
using api::apps_v1::DaemonSetStatus;
using api::core_v1::Node;
using api::core_v1::Pod;
using api::core_v1::Taint;
using api::core_v1::Toleration;
using client::Attempt;
using client::Key;
using client::Note;
using client::Plan;
using client::Write;

namespace {

// Every daemon pod tolerates trouble of its node (daemon/util AddOrUpdateDaemonPodTolerations).
void add_tolerations(api::core_v1::PodSpec& spec) {
  struct Default {
    const char* key;
    const char* effect;
    bool host_network_only;
  };
  constexpr Default kDefaults[] = {
      {"node.kubernetes.io/not-ready", "NoExecute", false},
      {"node.kubernetes.io/unreachable", "NoExecute", false},
      {"node.kubernetes.io/disk-pressure", "NoSchedule", false},
      {"node.kubernetes.io/memory-pressure", "NoSchedule", false},
      {"node.kubernetes.io/pid-pressure", "NoSchedule", false},
      {"node.kubernetes.io/unschedulable", "NoSchedule", false},
      {"node.kubernetes.io/network-unavailable", "NoSchedule", true},
  };
  for (const Default& d : kDefaults) {
    if (d.host_network_only && !spec.hostNetwork) continue;
    Toleration t;
    t.key = d.key;
    t.operator_ = "Exists";
    t.effect = d.effect;
    if (!spec.tolerations.contains(t)) spec.tolerations.push_back(std::move(t));
  }
}

Pod template_pod(const DaemonSet& set) {
  Pod pod;
  pod.spec = set.spec.template_.spec;
  add_tolerations(pod.spec);
  return pod;
}

// Ties the pod to one node, in place of what its terms say of node names.
void tie_to(api::core_v1::PodSpec& spec, const Str& node) {
  api::core_v1::NodeSelectorRequirement name;
  name.key = "metadata.name";
  name.operator_ = "In";
  name.values.push_back(node);
  auto& required = spec.affinity.mut().nodeAffinity.mut().requiredDuringSchedulingIgnoredDuringExecution;
  if (!required || required->nodeSelectorTerms.empty()) required.mut().nodeSelectorTerms.push_back({});
  auto& terms = required.mut().nodeSelectorTerms;
  for (uint32_t i = 0; i < terms.size(); ++i) terms.mut(i).matchFields = {name};
}

// The node that a daemon pod is meant for, also before it is bound.
Str node_of(const Pod& pod) {
  if (!pod.spec.nodeName.empty()) return pod.spec.nodeName;
  const auto* affinity = pod.spec.affinity.get();
  if (!affinity || !affinity->nodeAffinity || !affinity->nodeAffinity->requiredDuringSchedulingIgnoredDuringExecution)
    return {};
  for (const auto& term : affinity->nodeAffinity->requiredDuringSchedulingIgnoredDuringExecution->nodeSelectorTerms)
    for (const auto& field : term.matchFields)
      if (field.key == "metadata.name" && field.operator_ == "In" && field.values.size() == 1) return field.values[0];
  return {};
}

class DaemonSetPass {
 public:
  DaemonSetPass(const DaemonSetView& view, const Attempt& attempt)
      : view_(view), attempt_(attempt), set_(*view.set), about_(client::event_target(ObjectPtr(view.set))) {}

  Plan run() {
    Claim claimed = claim(api::kind<DaemonSet>(), set_.metadata, *set_.spec.selector, view_.candidates);
    plan_.writes = std::move(claimed.writes);
    for (const PodPtr& pod : as_pods(claimed.owned)) by_node_[node_of(*pod)].push_back(pod);
    if (set_.metadata.deletionTimestamp) {
      tell_status();
      return std::move(plan_);
    }
    History history = keep_history(api::kind<DaemonSet>(), set_.metadata, *set_.spec.selector, set_.spec.template_,
                                   view_.revisions, set_.status.collisionCount);
    hash_ = history.update_hash;
    for (Write& w : history.writes) plan_.writes.push_back(std::move(w));
    place();
    if (!(set_.spec.updateStrategy.type == "OnDelete")) roll();
    tell_status();
    emit();
    for (Write& w : trim_history(view_.revisions, used_revisions(history.update_name),
                                 set_.spec.revisionHistoryLimit.value_or(10)))
      plan_.writes.push_back(std::move(w));
    std::stable_sort(plan_.writes.begin(), plan_.writes.end(),
                     [](const Write& a, const Write& b) { return a.stage < b.stage; });
    return std::move(plan_);
  }

 private:
  bool updated(const Pod& pod) const { return pod.metadata.labels.get(kRevisionHash) == hash_; }
  bool available(const Pod& pod) const { return is_available(pod, set_.spec.minReadySeconds, attempt_.now); }

  std::vector<Str> used_revisions(const Str& update) const {
    std::vector<Str> out{update};
    for (const auto& [node, pods] : by_node_)
      for (const PodPtr& pod : pods)
        for (const RevisionPtr& r : view_.revisions)
          if (r->metadata.labels.get(kRevisionHash) == pod->metadata.labels.get(kRevisionHash))
            out.push_back(r->metadata.name);
    return out;
  }

  void look_again(Duration wait) {
    if (plan_.requeue_after.ns == 0 || wait < plan_.requeue_after) plan_.requeue_after = wait;
  }

  void place() {
    for (const auto& node : view_.nodes) {
      const Str& name = node->metadata.name;
      NodeFit fit = fits(set_, *node);
      Pods pods = by_node_.count(name) ? by_node_.at(name) : Pods{};
      Pods living;
      bool ending = false;
      for (const PodPtr& pod : pods) {
        if (pod->metadata.deletionTimestamp) {
          ending = true;
        } else if (auto wait = view_.failed_wait.find(name); pod->status.phase == "Failed" && wait != view_.failed_wait.end()) {
          look_again(wait->second);
          ending = true;
        } else if (pod->status.phase == "Failed") {
          remove(pod, cat("the daemon pod on ", name, " failed"));
          plan_.notes.push_back({about_, "Warning", "FailedDaemonPod",
                                 cat("Found failed daemon pod ", pod->metadata.namespace_, "/", pod->metadata.name,
                                     " on node ", name, ", will try to kill it")});
          ending = true;
        } else if (pod->status.phase == "Succeeded") {
          remove(pod, cat("the daemon pod on ", name, " ended"));
          plan_.notes.push_back({about_, "Normal", "SucceededDaemonPod",
                                 cat("Found succeeded daemon pod ", pod->metadata.namespace_, "/", pod->metadata.name,
                                     " on node ", name, ", will try to delete it")});
          ending = true;
        } else {
          living.push_back(pod);
        }
      }
      if (fit.runs && living.empty() && !ending) create_.push_back(name);
      if (!fit.stays)
        for (const PodPtr& pod : living) remove(pod, cat(name, " is no place for it any more"));
      else if (living.size() > 1 && max_surge_of() == 0)
        remove_but_oldest(living, name);
    }
    for (const auto& [name, pods] : by_node_) {
      bool known = name.empty();
      for (const auto& node : view_.nodes) known |= node->metadata.name == name;
      if (known) continue;
      for (const PodPtr& pod : pods)
        if (!pod->metadata.deletionTimestamp && pod->spec.nodeName.empty()) remove(pod, cat("node ", name, " is gone"));
    }
  }

  void remove_but_oldest(Pods living, const Str& node) {
    std::stable_sort(living.begin(), living.end(), [](const PodPtr& a, const PodPtr& b) {
      return a->metadata.creationTimestamp < b->metadata.creationTimestamp;
    });
    for (size_t i = 1; i < living.size(); ++i) remove(living[i], cat(node, " has more than one"));
  }

  int32_t bound_of(const std::optional<api::IntOrString>& value, int32_t otherwise, int32_t total) const {
    return value ? scaled_value(*value, total, true) : otherwise;
  }
  int32_t desired() const {
    int32_t n = 0;
    for (const auto& node : view_.nodes) n += fits(set_, *node).runs;
    return n;
  }
  int32_t max_surge_of() const {
    const auto* rolling = set_.spec.updateStrategy.rollingUpdate.get();
    return rolling ? bound_of(rolling->maxSurge, 0, desired()) : 0;
  }

  // Replaces old pods: as many at a time as may be unavailable, or beside which new ones may run. A new pod that failed
  // still is its node's new pod until it is deleted (pkg/controller/daemon/update.go findUpdatedPodsOnNode): the wait
  // between failed pods holds for the surge, too.
  void roll() {
    const auto* rolling = set_.spec.updateStrategy.rollingUpdate.get();
    int32_t surge = max_surge_of();
    int32_t unavailable_max = rolling ? bound_of(rolling->maxUnavailable, 1, desired()) : 1;
    int32_t unavailable = 0, surging = 0;
    std::vector<PodPtr> old_available, old_unavailable;
    std::vector<Str> surge_to;
    for (const auto& node : view_.nodes) {
      if (!fits(set_, *node).runs) continue;
      const Str& name = node->metadata.name;
      PodPtr old, fresh;
      bool ending = false;
      if (by_node_.count(name))
        for (const PodPtr& pod : by_node_.at(name)) {
          const bool deleted = pod->metadata.deletionTimestamp.is_set(), ended = deleted || is_terminal(*pod);
          ending |= ended;
          if (!deleted && updated(*pod)) fresh = pod;
          else if (!ended) old = pod;
        }
      if (!old && !(fresh && available(*fresh))) ++unavailable;
      if (!old) continue;
      if (fresh) {
        ++surging;
        if (available(*fresh)) remove(old, cat("its successor on ", name, " is available"));
      } else if (available(*old)) {
        old_available.push_back(old);
        surge_to.push_back(name);
      } else {
        if (!ending) old_unavailable.push_back(old);
        ++unavailable;
      }
    }
    for (const PodPtr& pod : old_unavailable) remove(pod, "it is old and not available");
    if (surge > 0) {
      for (const Str& name : surge_to)
        if (surging++ < surge) create_.push_back(name);
      return;
    }
    for (const PodPtr& pod : old_available) {
      if (unavailable >= unavailable_max) break;
      remove(pod, cat("rolling out: at most ", unavailable_max, " may be unavailable"));
      ++unavailable;
    }
  }

  void remove(const PodPtr& pod, Str why) {
    for (const auto& [known, reason] : remove_)
      if (known == pod) return;
    remove_.emplace_back(pod, std::move(why));
  }

  void emit() {
    uint16_t stage = plan_.next_stage() > 0 ? 1 : 0;
    for (auto& [pod, why] : remove_) {
      Write w = client::remove(ObjectPtr(pod), why);
      w.stage = stage;
      w.on_success = Note{about_, "Normal", "SuccessfulDelete", "Deleted pod: {name}"};
      w.on_failure = Note{about_, "Warning", "FailedDelete", "Error deleting: {error}"};
      plan_.writes.push_back(std::move(w));
    }
    std::vector<Write> writes;
    for (const Str& node : create_) {
      Pod pod = pod_from_template(set_.spec.template_, client::controller_ref(api::kind<DaemonSet>(), set_.metadata),
                                  set_.metadata.namespace_, set_.metadata.name);
      pod.metadata.labels.set(kRevisionHash, hash_);
      add_tolerations(pod.spec);
      tie_to(pod.spec, node);
      Write w = client::create(api::make_object(std::move(pod)), cat(node, " has no pod of ", set_.metadata.name));
      w.on_success = Note{about_, "Normal", "SuccessfulCreate", "Created pod: {name}"};
      w.on_failure = Note{about_, "Warning", "FailedCreate", "Error creating: {error}"};
      writes.push_back(std::move(w));
    }
    client::slow_start(writes, stage);
    for (Write& w : writes) plan_.writes.push_back(std::move(w));
  }

  void tell_status() {
    DaemonSetStatus status = set_.status;
    status.desiredNumberScheduled = status.currentNumberScheduled = status.numberMisscheduled = 0;
    status.numberReady = status.numberAvailable = status.updatedNumberScheduled = 0;
    for (const auto& node : view_.nodes) {
      auto pods = by_node_.find(node->metadata.name);
      const Pod* best = nullptr;
      if (pods != by_node_.end())
        for (const PodPtr& pod : pods->second)
          if (!is_terminal(*pod) && (!best || (is_ready(*pod) && !is_ready(*best)) || updated(*pod))) best = pod.get();
      if (!fits(set_, *node).runs) {
        status.numberMisscheduled += best != nullptr;
        continue;
      }
      ++status.desiredNumberScheduled;
      if (!best) continue;
      ++status.currentNumberScheduled;
      if (is_ready(*best)) {
        ++status.numberReady;
        status.numberAvailable += available(*best);
      }
      status.updatedNumberScheduled += updated(*best);
    }
    status.numberUnavailable = status.desiredNumberScheduled - status.numberAvailable;
    status.observedGeneration = set_.metadata.generation;
    Pods all;
    for (const auto& [node, pods] : by_node_) all.insert(all.end(), pods.begin(), pods.end());
    if (auto wait = until_available(all, set_.spec.minReadySeconds, attempt_.now)) look_again(*wait);
    if (status == set_.status) return;
    DaemonSet told = set_;
    told.status = status;
    plan_.writes.push_back(client::update_status(
        api::make_object(std::move(told)), cat(set_.metadata.name, " runs on ", status.currentNumberScheduled, " of ",
                                               status.desiredNumberScheduled, " nodes, ready on ", status.numberReady)));
  }

  const DaemonSetView& view_;
  const Attempt& attempt_;
  const DaemonSet& set_;
  client::EventTarget about_;
  std::map<Str, Pods> by_node_;
  Str hash_;
  std::vector<Str> create_;
  std::vector<std::pair<PodPtr, Str>> remove_;
  Plan plan_;
};

}  // namespace

NodeFit fits(const DaemonSet& set, const Node& node) {
  Pod pod = template_pod(set);
  if (!pod.spec.nodeName.empty() && !(pod.spec.nodeName == node.metadata.name)) return {};
  if (!client::matches_required_affinity(pod, node)) return {};
  NodeFit fit{true, true};
  for (const Taint& taint : node.spec.taints) {
    if (client::tolerated(taint, pod.spec.tolerations)) continue;
    if (taint.effect == "NoExecute") fit = {};
    if (taint.effect == "NoSchedule") fit.runs = false;
  }
  return fit;
}

Plan plan_daemon_set(const DaemonSetView& view, const Attempt& attempt) {
  if (!view.set->spec.selector) return {};
  return DaemonSetPass(view, attempt).run();
}

void DaemonSetController::setup(client::InformerSet& informers) {
  sets_ = &informers.of<DaemonSet>();
  sets_->add_handler(*this);
  pods_ = &informers.of<Pod>();
  add_claim_indexes(*pods_);
  pods_->add_handler(*this);
  nodes_ = &informers.of<Node>();
  nodes_->add_handler(*this);
  revisions_ = &informers.of<ControllerRevision>();
  revisions_->add_index(client::by_owner_uid, client::same_owners);
}

void DaemonSetController::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                    const ObjectPtr& after) {
  const auto& meta = (after ? after : before).meta();
  if (&informer == sets_) return queue().add(client::key_of(meta));
  if (&informer == nodes_) {
    const Node* was = before.as<Node>();
    const Node* now = after.as<Node>();
    if (was && now && was->metadata.labels == now->metadata.labels && was->spec.taints == now->spec.taints) return;
    for (const auto& [key, set] : sets_->objects()) queue().add(key);
    return;
  }
  const auto* owner = client::controller_of(meta);
  if (owner && owner->kind == "DaemonSet") queue().add({meta.namespace_, owner->name});
}

Plan DaemonSetController::plan(const Key& key, const Attempt& attempt) {
  DaemonSetView view;
  view.set = sets_->find(key).get<DaemonSet>();
  if (!view.set) return {};
  view.candidates = claim_candidates(*pods_, view.set->metadata, view.set->spec.selector);
  for (const auto& [name, node] : nodes_->objects()) view.nodes.push_back(node.get<Node>());
  for (const ObjectPtr& r : revisions_->lookup(client::by_owner_uid, view.set->metadata.uid))
    view.revisions.push_back(r.get<ControllerRevision>());
  note_failed(view, attempt.at);
  return plan_daemon_set(view, attempt);
}

// Which failed pods may go now; those that go make the next wait on their node longer.
void DaemonSetController::note_failed(DaemonSetView& view, Instant now) {
  for (auto it = state_.waits.begin(); it != state_.waits.end();)
    it = now - it->second.since > kFailedPodWaitMax * 2 ? state_.waits.erase(it) : std::next(it);
  std::set<Str> judged;
  for (const ObjectPtr& object : view.candidates) {
    const Pod& pod = *object.as<Pod>();
    if (!(pod.status.phase == "Failed") || pod.metadata.deletionTimestamp || !judged.insert(pod.spec.nodeName).second) continue;
    Wait& wait = state_.waits[{view.set->metadata.uid, pod.spec.nodeName}];
    const Duration left = wait.length - (now - wait.since);
    if (left.ns > 0) {
      view.failed_wait[pod.spec.nodeName] = left;
      continue;
    }
    wait.length = wait.length.ns == 0 ? kFailedPodWaitMin : std::min(wait.length * 2, kFailedPodWaitMax);
    wait.since = now;
  }
}

}  // namespace orrery::controllers
