#include "core/scheduler/cluster.h"

#include <algorithm>

namespace orrery::scheduler {

using api::core_v1::Node;

namespace {

bool has_required_anti_affinity(const api::core_v1::Pod& pod) {
  const auto& affinity = pod.spec.affinity;
  return affinity && affinity->podAntiAffinity &&
         !affinity->podAntiAffinity->requiredDuringSchedulingIgnoredDuringExecution.empty();
}

bool prefers_no_schedule(const Node& node) {
  for (const auto& taint : node.spec.taints)
    if (taint.effect == "PreferNoSchedule") return true;
  return false;
}

}  // namespace

int Cluster::find(const Str& name) const {
  auto it = index_.find(name);
  return it == index_.end() ? -1 : static_cast<int>(it->second);
}

NodeInfo& Cluster::slot(const Str& name) {
  auto [it, fresh] = index_.try_emplace(name, static_cast<uint32_t>(nodes_.size()));
  if (fresh) {
    nodes_.emplace_back();
    nodes_.back().name = name;
  }
  return nodes_[it->second];
}

void Cluster::changed(uint32_t index) {
  log_.push_back(index);
  size_t limit = std::max<size_t>(1024, nodes_.size() * 4);
  if (log_.size() <= limit) return;
  size_t dropped = log_.size() - limit / 2;
  log_.erase(log_.begin(), log_.begin() + static_cast<std::ptrdiff_t>(dropped));
  log_start_ += dropped;
}

void Cluster::count_images(const Node& node, int sign) {
  for (const auto& image : node.status.images)
    for (const Str& name : image.names) {
      Image& entry = images_[name];
      entry.nodes += sign;
      entry.size = image.sizeBytes;
      if (entry.nodes <= 0) images_.erase(name);
    }
}

void Cluster::count_claims(const PodInfo& pod, int sign) {
  for (const client::UsedClaim& used : pod.claims) {
    const Key key{pod.pod->metadata.namespace_, used.name};
    if ((claim_users_[key] += sign) == 0) claim_users_.erase(key);
  }
}

void Cluster::set_zone(uint32_t index, const Str* zone, bool known) {
  int32_t number = known ? 0 : -1;
  if (zone) {
    number = zone_numbers_.try_emplace(*zone, static_cast<int32_t>(zones_.size())).first->second;
    if (static_cast<size_t>(number) == zones_.size()) zones_.emplace_back();
  }
  const int32_t before = nodes_[index].zone;
  if (number == before) return;
  if (before >= 0) zones_[static_cast<size_t>(before)].clear(index);
  if (number >= 0) zones_[static_cast<size_t>(number)].set(index);
  nodes_[index].zone = number;
  spread_counts_.zone_changed(index, before, number);
}

void Cluster::set_node(NodePtr node) {
  NodeInfo& info = slot(node->metadata.name);
  bool was_there = info.node != nullptr;
  undo_.record(NodeBefore{info.name, info.node});
  if (!was_there) ++node_count_;
  bool same_images = was_there && (info.node->status.images == node->status.images);
  if (!same_images) {
    if (was_there) count_images(*info.node, -1);
    count_images(*node, +1);
  }
  bool prefers = prefers_no_schedule(*node);
  prefer_no_schedule_nodes_ += prefers - info.prefers_no_schedule;
  info.prefers_no_schedule = prefers;
  info.allocatable = resources_of(node->status.allocatable);
  info.pods_max = node->status.allocatable.get("pods").value();
  info.node = std::move(node);
  const uint32_t index = index_[info.name];
  set_zone(index, info.node->metadata.labels.find(kZoneKey), true);
  changed(index);
}

void Cluster::remove_node(const Str& name) {
  int at = find(name);
  if (at < 0 || !nodes_[static_cast<size_t>(at)].node) return;
  NodeInfo& info = nodes_[static_cast<size_t>(at)];
  undo_.record(NodeBefore{info.name, info.node});
  count_images(*info.node, -1);
  prefer_no_schedule_nodes_ -= info.prefers_no_schedule;
  info.prefers_no_schedule = false;
  info.node = nullptr;
  info.allocatable = {};
  info.pods_max = 0;
  --node_count_;
  set_zone(static_cast<uint32_t>(at), nullptr, false);
  changed(static_cast<uint32_t>(at));
}

void NodeInfo::count_priority(int32_t priority, int sign) {
  auto at = std::find_if(priorities.begin(), priorities.end(), [&](const auto& entry) { return entry.first == priority; });
  if (at == priorities.end()) at = priorities.insert(at, {priority, 0});
  if ((at->second += sign) == 0) priorities.erase(at);
}

namespace {
uint64_t label_hash(const Str& ns, const Str& name, const Str& value) {
  return quick_hash(value, quick_hash(name, quick_hash(ns)));
}
}  // namespace

bool Cluster::any_labelled(const Str& ns, const Str& name, const Str& value) const {
  return labelled_.count(label_hash(ns, name, value)) > 0;
}

void Cluster::count_labels(const api::core_v1::Pod& pod, int sign) {
  for (const auto& [name, value] : pod.metadata.labels) {
    auto at = labelled_.try_emplace(label_hash(pod.metadata.namespace_, name, value)).first;
    if ((at->second += sign) == 0) labelled_.erase(at);
  }
}

void Cluster::add_pod(std::shared_ptr<const PodInfo> pod, const Str& name) {
  const Key key = client::key_of(pod->pod->metadata);
  remove_pod(key);
  undo_.record(PodGone{key});
  place(std::move(pod), name);
}

void Cluster::place(std::shared_ptr<const PodInfo> pod, const Str& name) {
  Key key = client::key_of(pod->pod->metadata);
  NodeInfo& info = slot(name);
  uint32_t index = index_[name];
  info.requested.add(pod->requests, +1);
  info.score_cpu_m += pod->score_cpu_m;
  info.score_memory += pod->score_memory;
  info.ports.insert(info.ports.end(), pod->ports.begin(), pod->ports.end());
  ++priorities_[pod->priority];
  info.count_priority(pod->priority, +1);
  count_labels(*pod->pod, +1);
  spread_counts_.count(*pod->pod, index, info.zone, +1);
  count_claims(*pod, +1);
  if (has_required_anti_affinity(*pod->pod)) guarded_[key] = static_cast<int>(index);
  info.pods[key] = std::move(pod);
  info.pod_count = static_cast<int64_t>(info.pods.size());
  pod_node_[key] = index;
  changed(index);
}

int Cluster::remove_pod(const Key& key) {
  auto where = pod_node_.find(key);
  if (where == pod_node_.end()) return -1;
  const NodeInfo& info = nodes_[where->second];
  undo_.record(PodBack{info.pods.at(key), info.name});
  return take_away(key);
}

int Cluster::take_away(const Key& key) {
  auto where = pod_node_.find(key);
  if (where == pod_node_.end()) return -1;
  uint32_t index = where->second;
  pod_node_.erase(where);
  guarded_.erase(key);
  NodeInfo& info = nodes_[index];
  auto it = info.pods.find(key);
  const PodInfo& pod = *it->second;
  auto same = priorities_.find(pod.priority);
  if (--same->second == 0) priorities_.erase(same);
  info.count_priority(pod.priority, -1);
  count_labels(*pod.pod, -1);
  count_claims(pod, -1);
  spread_counts_.count(*pod.pod, index, info.zone, -1);
  info.requested.add(pod.requests, -1);
  info.score_cpu_m -= pod.score_cpu_m;
  info.score_memory -= pod.score_memory;
  for (const HostPort& port : pod.ports) {
    auto at = std::find(info.ports.begin(), info.ports.end(), port);
    if (at != info.ports.end()) info.ports.erase(at);
  }
  info.pods.erase(it);
  info.pod_count = static_cast<int64_t>(info.pods.size());
  changed(index);
  return static_cast<int>(index);
}

const Str* Cluster::node_of(const Key& key) const {
  auto it = pod_node_.find(key);
  return it == pod_node_.end() ? nullptr : &nodes_[it->second].name;
}

void Cluster::set_namespace(const Str& name, Map<Str> labels) {
  auto at = namespaces_.find(name);
  const bool there = at != namespaces_.end();
  if (there && at->second == labels) return;
  if (there || !labels.empty()) ++epoch_;
  undo_.record(NamespaceBefore{name, there ? at->second : Map<Str>(), there});
  namespaces_[name] = std::move(labels);
}

void Cluster::remove_namespace(const Str& name) {
  auto at = namespaces_.find(name);
  if (at == namespaces_.end()) return;
  undo_.record(NamespaceBefore{name, std::move(at->second), true});
  namespaces_.erase(at);
}

bool Cluster::reaches(const Moment& moment) const {
  return undo_.reaches(moment.own) && storage_.reaches(moment.storage) && groups_.reaches(moment.groups);
}

void Cluster::forget_before(const Moment& moment) {
  undo_.forget_before(moment.own);
  storage_.forget_before(moment.storage);
  groups_.forget_before(moment.groups);
}

void Cluster::go_back(const Moment& moment) {
  for (auto& undo : undo_.since(moment.own)) {
    if (auto* gone = std::get_if<PodGone>(&undo)) {
      remove_pod(gone->key);
    } else if (auto* back = std::get_if<PodBack>(&undo)) {
      add_pod(std::move(back->pod), back->node);
    } else if (auto* node = std::get_if<NodeBefore>(&undo)) {
      if (node->node) set_node(std::move(node->node));
      else remove_node(node->name);
    } else if (auto* space = std::get_if<NamespaceBefore>(&undo)) {
      if (space->there) set_namespace(space->name, std::move(space->labels));
      else remove_namespace(space->name);
    }
  }
  storage_.go_back(moment.storage);
  groups_.go_back(moment.groups);
}

const Map<Str>* Cluster::namespace_labels(const Str& name) const {
  auto it = namespaces_.find(name);
  return it == namespaces_.end() ? nullptr : &it->second;
}

const Cluster::Image* Cluster::image(const Str& name) const {
  auto it = images_.find(name);
  return it == images_.end() ? nullptr : &it->second;
}

}  // namespace orrery::scheduler
