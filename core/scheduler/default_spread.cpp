#include "core/scheduler/default_spread.h"

#include <algorithm>

#include "core/client/match.h"
#include "core/scheduler/cluster.h"

namespace orrery::scheduler {

using api::core_v1::Pod;
using api::meta_v1::LabelSelector;

namespace {

// 1000 * ln(n), by squaring in fixed point.
int64_t log_thousandths(uint64_t n) {
  if (n <= 1) return 0;
  int whole = 63;
  while (!(n >> whole & 1)) --whole;
  uint64_t mantissa = whole >= 30 ? n >> (whole - 30) : n << (30 - whole);  // 1.0 == 2^30
  uint64_t bits = 0;
  for (int i = 0; i < 16; ++i) {
    mantissa = mantissa * mantissa >> 30;
    bits <<= 1;
    if (mantissa >= 2ull << 30) mantissa >>= 1, bits |= 1;
  }
  uint64_t log2 = (static_cast<uint64_t>(whole) << 16) + bits;  // in 65536ths
  return static_cast<int64_t>(log2 * 693147 / 65536 / 1000);
}

bool owner_kind(const api::meta_v1::OwnerReference& owner, Groups::Owner& out) {
  if (owner.apiVersion == "v1" && owner.kind == "ReplicationController")
    return out = Groups::Owner::ReplicationController, true;
  if (!(owner.apiVersion == "apps/v1")) return false;
  if (owner.kind == "ReplicaSet") return out = Groups::Owner::ReplicaSet, true;
  if (owner.kind == "StatefulSet") return out = Groups::Owner::StatefulSet, true;
  return false;
}

}  // namespace

int64_t topology_weight(uint64_t size) { return log_thousandths(size + 2); }

void Groups::set_service(const Key& key, const Map<Str>& selector) {
  auto at = services_.find(key);
  if (at == services_.end() ? selector.empty() : at->second == selector) return;
  undo_.record(ServiceBefore{key, at == services_.end() ? Map<Str>() : at->second});
  if (at != services_.end()) {
    const auto& [name, value] = *at->second.begin();
    auto same = by_label_.find(Label{key.ns, name, value});
    same->second.erase(std::find(same->second.begin(), same->second.end(), key));
    if (same->second.empty()) by_label_.erase(same);
    services_.erase(at);
  }
  if (selector.empty()) return;
  const auto& [name, value] = *selector.begin();
  by_label_[Label{key.ns, name, value}].push_back(key);
  services_[key] = selector;
}

void Groups::set_owner(Owner kind, const Key& key, Box<LabelSelector> selector) {
  auto at = owners_.find({kind, key});
  if (at == owners_.end() ? !selector : at->second == selector) return;
  undo_.record(OwnerBefore{kind, key, at == owners_.end() ? Box<LabelSelector>() : at->second});
  if (selector)
    owners_[{kind, key}] = std::move(selector);
  else
    owners_.erase(at);
}

void Groups::go_back(uint64_t position) {
  for (auto& undo : undo_.since(position)) {
    if (auto* service = std::get_if<ServiceBefore>(&undo)) set_service(service->key, service->selector);
    else if (auto* owner = std::get_if<OwnerBefore>(&undo)) set_owner(owner->kind, owner->key, std::move(owner->selector));
  }
}

Box<LabelSelector> Groups::selector_of(const Pod& pod) const {
  Box<LabelSelector> out;
  const Str& ns = pod.metadata.namespace_;
  for (const auto& reference : pod.metadata.ownerReferences) {
    Owner kind{};
    if (!reference.controller.value_or(false) || !owner_kind(reference, kind)) continue;
    auto owner = owners_.find({kind, Key{ns, reference.name}});
    if (owner != owners_.end()) out = owner->second;
    break;
  }
  if (!by_label_.empty())
    for (const auto& [name, value] : pod.metadata.labels) {
      auto services = by_label_.find(Label{ns, name, value});
      if (services == by_label_.end()) continue;
      for (const Key& key : services->second) {
        const Map<Str>& selector = services_.at(key);
        if (!client::has_all(selector, pod.metadata.labels) || (out && client::has_all(selector, out->matchLabels)))
          continue;
        for (const auto& [k, v] : selector) out.mut().matchLabels.set(k, v);
      }
    }
  if (out && out->matchLabels.empty() && out->matchExpressions.empty()) out.reset();
  return out;
}

int32_t SpreadCounts::Group::on(uint32_t node) const {
  auto at = on_node.find(node);
  return at == on_node.end() ? 0 : at->second;
}

SpreadCounts::Label SpreadCounts::label_of(const Group& group) {
  if (group.selector.matchLabels.empty()) return {};
  const auto& [name, value] = *group.selector.matchLabels.begin();
  return {group.ns, name, value};
}

void SpreadCounts::drop() {
  groups_.clear();
  by_label_.clear();
}

void SpreadCounts::drop_oldest() {
  auto oldest =
      std::min_element(groups_.begin(), groups_.end(), [](const auto& a, const auto& b) { return a->used < b->used; });
  auto listed = by_label_.find(label_of(**oldest));
  listed->second.erase(std::find(listed->second.begin(), listed->second.end(), oldest->get()));
  if (listed->second.empty()) by_label_.erase(listed);
  groups_.erase(oldest);
}

const SpreadCounts::Group& SpreadCounts::group(const Str& ns, const LabelSelector& selector, const Cluster& cluster) {
  auto fresh = std::make_unique<Group>();
  fresh->ns = ns;
  fresh->selector = selector;
  const Label label = label_of(*fresh);
  if (auto listed = by_label_.find(label); listed != by_label_.end())
    for (Group* group : listed->second)
      if (group->ns == ns && group->selector == selector) {
        group->used = ++uses_;
        return *group;
      }
  if (groups_.size() >= kGroupsMax) drop_oldest();
  const std::vector<Group*> only{fresh.get()};
  const auto& [label_ns, name, value] = label;
  const bool some = name.empty() || cluster.any_labelled(label_ns, name, value);  // a new owner has none yet
  for (uint32_t i = 0; some && i < cluster.nodes().size(); ++i)
    for (const auto& [key, pod] : cluster.nodes()[i].pods) count_in(only, *pod->pod, i, cluster.nodes()[i].zone, +1);
  fresh->used = ++uses_;
  by_label_[label].push_back(fresh.get());
  groups_.push_back(std::move(fresh));
  return *groups_.back();
}

void SpreadCounts::count_in(const std::vector<Group*>& groups, const Pod& pod, uint32_t node, int32_t zone, int sign) {
  if (pod.metadata.deletionTimestamp) return;  // a pod that goes counts no longer
  for (Group* group : groups) {
    if (!(group->ns == pod.metadata.namespace_) || !client::matches(group->selector, pod.metadata.labels)) continue;
    int32_t& here = group->on_node[node];
    if (here > 0) {
      auto same = group->by_count.find(here);
      same->second.clear(node);
      if (same->second.count() == 0) group->by_count.erase(same);
    } else {
      group->anywhere.set(node);
    }
    here += sign;
    if (here > 0) {
      group->by_count[here].set(node);
    } else {
      group->anywhere.clear(node);
      group->on_node.erase(node);
    }
    if (zone < 0) continue;
    if (group->in_zone.size() <= static_cast<size_t>(zone)) group->in_zone.resize(static_cast<size_t>(zone) + 1);
    group->in_zone[static_cast<size_t>(zone)] += sign;
  }
}

void SpreadCounts::count(const Pod& pod, uint32_t node, int32_t zone, int sign) {
  if (by_label_.empty()) return;
  auto count_under = [&](const Label& label) {
    auto listed = by_label_.find(label);
    if (listed != by_label_.end()) count_in(listed->second, pod, node, zone, sign);
  };
  count_under({});
  for (const auto& [name, value] : pod.metadata.labels) count_under({pod.metadata.namespace_, name, value});
}

void SpreadCounts::zone_changed(uint32_t node, int32_t before, int32_t after) {
  for (auto& group : groups_) {
    const int32_t pods = group->on(node);
    if (pods == 0) continue;
    if (before >= 0) group->in_zone[static_cast<size_t>(before)] -= pods;
    if (after < 0) continue;
    if (group->in_zone.size() <= static_cast<size_t>(after)) group->in_zone.resize(static_cast<size_t>(after) + 1);
    group->in_zone[static_cast<size_t>(after)] += pods;
  }
}

DefaultSpread::DefaultSpread(const PodInfo& pod, const SpreadCounts::Group& group, const Cluster& cluster)
    : group_(&group) {
  const auto& spec = pod.pod->spec;
  const bool bound = !spec.nodeSelector.empty() || (spec.affinity && spec.affinity->nodeAffinity);
  if (!bound) {
    in_zone_ = group.in_zone;
    in_zone_.resize(cluster.zones().size());
    return;
  }
  in_zone_.resize(cluster.zones().size());
  for (const auto& [index, pods] : group.on_node) {
    const NodeInfo& node = cluster.nodes()[index];
    if (node.zone >= 0 && client::matches_required_affinity(*pod.pod, *node.node))
      in_zone_[static_cast<size_t>(node.zone)] += pods;
  }
}

void DefaultSpread::weigh(int32_t nodes, int32_t zones) {
  host_weight_ = topology_weight(static_cast<uint64_t>(nodes));
  zone_weight_ = topology_weight(static_cast<uint64_t>(zones));
}

int64_t DefaultSpread::raw(int32_t pods_on_node, int32_t zone) const {
  int64_t thousandths = pods_on_node * host_weight_ + (kDefaultHostSkew - 1) * 1000;
  // A node without a zone is judged by its own pods alone.
  if (zone > 0) thousandths += in_zone_[static_cast<size_t>(zone)] * zone_weight_ + (kDefaultZoneSkew - 1) * 1000;
  return (thousandths + 500) / 1000;
}

}  // namespace orrery::scheduler
