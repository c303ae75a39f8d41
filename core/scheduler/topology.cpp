#include "core/scheduler/topology.h"

#include <algorithm>

#include "core/client/match.h"

namespace orrery::scheduler {

using api::core_v1::Pod;
using api::core_v1::PodAffinityTerm;
using Use = Term::Use;

namespace {

Term affinity_term(const PodAffinityTerm& in, const Pod& pod, Use use) {
  Term t;
  t.use = use;
  t.key = in.topologyKey;
  t.selector = in.labelSelector;
  for (const Str& ns : in.namespaces) t.namespaces.push_back(ns);
  t.namespace_selector = in.namespaceSelector;
  if (in.namespaceSelector && in.namespaceSelector->matchLabels.empty() &&
      in.namespaceSelector->matchExpressions.empty())
    t.all_namespaces = true;
  if (in.namespaces.empty() && !in.namespaceSelector) t.namespaces.push_back(pod.metadata.namespace_);
  return t;
}

Term spread_term(const api::core_v1::TopologySpreadConstraint& in, const Pod& pod) {
  Term t;
  t.use = in.whenUnsatisfiable == "ScheduleAnyway" ? Use::SpreadSoft : Use::SpreadHard;
  t.key = in.topologyKey;
  t.selector = in.labelSelector;
  for (const Str& key : in.matchLabelKeys)
    if (const Str* value = pod.metadata.labels.find(key)) t.selector.mut().matchLabels.set(key, *value);
  t.namespaces.push_back(pod.metadata.namespace_);
  t.max_skew = in.maxSkew;
  t.min_domains = in.minDomains.value_or(1);
  t.honor_affinity = !(in.nodeAffinityPolicy && *in.nodeAffinityPolicy == "Ignore");
  t.honor_taints = in.nodeTaintsPolicy && *in.nodeTaintsPolicy == "Honor";
  return t;
}

}  // namespace

bool Term::matches(const Pod& pod, const Cluster& cluster) const {
  if (!selector) return false;
  if (!all_namespaces) {
    bool in = std::find(namespaces.begin(), namespaces.end(), pod.metadata.namespace_) != namespaces.end();
    if (!in && namespace_selector) {
      const Map<Str>* labels = cluster.namespace_labels(pod.metadata.namespace_);
      in = labels && client::matches(*namespace_selector, *labels);
    }
    if (!in) return false;
  }
  return client::matches(*selector, pod.metadata.labels);
}

std::vector<Term> terms_of(const Pod& pod, const Cluster& cluster) {
  std::vector<Term> out;
  for (const auto& c : pod.spec.topologySpreadConstraints) out.push_back(spread_term(c, pod));
  if (const auto* affinity = pod.spec.affinity.get()) {
    if (affinity->podAffinity) {
      for (const auto& t : affinity->podAffinity->requiredDuringSchedulingIgnoredDuringExecution)
        out.push_back(affinity_term(t, pod, Use::Affinity));
      for (const auto& t : affinity->podAffinity->preferredDuringSchedulingIgnoredDuringExecution) {
        out.push_back(affinity_term(t.podAffinityTerm, pod, Use::Preferred));
        out.back().weight = t.weight;
      }
    }
    if (affinity->podAntiAffinity) {
      for (const auto& t : affinity->podAntiAffinity->requiredDuringSchedulingIgnoredDuringExecution)
        out.push_back(affinity_term(t, pod, Use::AntiAffinity));
      for (const auto& t : affinity->podAntiAffinity->preferredDuringSchedulingIgnoredDuringExecution) {
        out.push_back(affinity_term(t.podAffinityTerm, pod, Use::Preferred));
        out.back().weight = -t.weight;
      }
    }
  }
  for (Term& t : out) t.matches_self = t.matches(pod, cluster);
  return out;
}

Topology::Topology(const PodInfo& pod, const Cluster& cluster) : pod_(pod), terms_(terms_of(*pod.pod, cluster)) {
  counted_.resize(terms_.size());
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Term& t = terms_[i];
    counted_[i].key = key_of(t.key, cluster);
    scored_ |= t.use == Use::SpreadSoft || t.use == Use::Preferred;
    any_hard_ |= t.use != Use::SpreadSoft && t.use != Use::Preferred;
  }
  for (uint32_t i = 0; i < cluster.nodes().size(); ++i) refresh(i, cluster);
}

size_t Topology::key_of(const Str& name, const Cluster& cluster) {
  for (size_t i = 0; i < keys_.size(); ++i)
    if (keys_[i].name == name) return i;
  keys_.emplace_back();
  keys_.back().name = name;
  for (uint32_t i = 0; i < cluster.nodes().size(); ++i) place(keys_.back(), i, cluster.nodes()[i]);
  return keys_.size() - 1;
}

void Topology::place(Key& key, uint32_t index, const NodeInfo& node) {
  if (key.of_node.size() <= index) key.of_node.resize(index + 1, -1);
  const Str* value = node.node ? node.node->metadata.labels.find(key.name) : nullptr;
  if (!value) {
    key.of_node[index] = -1;
    return;
  }
  auto [it, fresh] = key.numbers.try_emplace(*value, static_cast<int32_t>(key.blocks.size()));
  if (fresh) key.blocks.push_back(0);
  key.of_node[index] = it->second;
}

void Topology::refresh(uint32_t index, const Cluster& cluster) {
  const NodeInfo& node = cluster.nodes()[index];
  // What the node counted for goes first: its labels may have changed.
  for (Counted& counted : counted_) {
    if (counted.nodes.size() < cluster.nodes().size()) counted.nodes.resize(cluster.nodes().size());
    Counted::PerNode& mine = counted.nodes[index];
    if (!mine.counted) continue;
    Counted::Domain& domain = counted.domains[static_cast<size_t>(keys_[counted.key].of_node[index])];
    domain.pods -= mine.count;
    counted.total -= mine.count;
    if (--domain.nodes == 0) --counted.live;
    mine = {};
  }
  if (blocks_of_node_.size() < cluster.nodes().size()) blocks_of_node_.resize(cluster.nodes().size());
  for (const Block& b : blocks_of_node_[index]) {
    --keys_[b.key].blocks[static_cast<size_t>(b.value)];
    --keys_[b.key].blocked;
    --blocked_;
  }
  blocks_of_node_[index].clear();
  for (Key& key : keys_) place(key, index, node);
  for (size_t i = 0; i < terms_.size(); ++i) count(i, index, node, cluster);
  if (!cluster.guarded().empty() && node.node) block(index, node, cluster);
}

void Topology::count(size_t i, uint32_t index, const NodeInfo& node, const Cluster& cluster) {
  const Term& term = terms_[i];
  Counted& counted = counted_[i];
  const Key& key = keys_[counted.key];
  if (counted.domains.size() < key.blocks.size()) counted.domains.resize(key.blocks.size());
  if (key.of_node[index] < 0) return;
  bool spread = term.use == Use::SpreadHard || term.use == Use::SpreadSoft;
  if (spread) {
    if (!has_keys(term.use, index)) return;
    if (term.honor_affinity && !client::matches_required_affinity(*pod_.pod, *node.node)) return;
    if (term.honor_taints && !filter_taints(pod_, node).fits()) return;
  }
  Counted::PerNode& mine = counted.nodes[index];
  mine.counted = true;
  for (const auto& [name, other] : node.pods) {
    if (spread && other->pod->metadata.deletionTimestamp) continue;
    if (term.matches(*other->pod, cluster)) ++mine.count;
  }
  Counted::Domain& domain = counted.domains[static_cast<size_t>(key.of_node[index])];
  domain.pods += mine.count;
  if (domain.nodes++ == 0) ++counted.live;
  counted.total += mine.count;
}

void Topology::block(uint32_t index, const NodeInfo& node, const Cluster& cluster) {
  for (const auto& [name, other] : node.pods) {
    const auto* affinity = other->pod->spec.affinity.get();
    if (!affinity || !affinity->podAntiAffinity) continue;
    for (const auto& t : affinity->podAntiAffinity->requiredDuringSchedulingIgnoredDuringExecution) {
      if (!node.node->metadata.labels.find(t.topologyKey)) continue;
      if (!affinity_term(t, *other->pod, Use::AntiAffinity).matches(*pod_.pod, cluster)) continue;
      const size_t key = key_of(t.topologyKey, cluster);
      const int32_t value = keys_[key].of_node[index];
      blocks_of_node_[index].push_back({key, value});
      ++keys_[key].blocks[static_cast<size_t>(value)];
      ++keys_[key].blocked;
      ++blocked_;
    }
  }
}

void Topology::prepare() {
  for (size_t i = 0; i < terms_.size(); ++i) {
    Counted& counted = counted_[i];
    if (terms_[i].use != Use::SpreadHard) continue;
    counted.least = INT64_MAX;
    for (const Counted::Domain& domain : counted.domains)
      if (domain.nodes > 0) counted.least = std::min(counted.least, domain.pods);
    if (counted.live == 0 || counted.live < terms_[i].min_domains) counted.least = 0;
  }
}

// Only nodes that fit count, and of them only those that have the keys of all ScheduleAnyway constraints (initPreScoreState).
void Topology::weigh(const std::vector<uint32_t>& fitting) {
  std::vector<char> seen;
  for (size_t i = 0; i < terms_.size(); ++i) {
    if (terms_[i].use != Use::SpreadSoft) continue;
    Counted& counted = counted_[i];
    seen.assign(counted.domains.size(), 0);
    uint64_t domains = 0;
    for (uint32_t index : fitting) {
      if (!has_keys(Use::SpreadSoft, index)) continue;
      char& mark = seen[static_cast<size_t>(keys_[counted.key].of_node[index])];
      domains += mark == 0;
      mark = 1;
    }
    counted.log_weight = topology_weight(domains);
  }
}

bool Topology::has_keys(Use use, uint32_t index) const {
  for (size_t i = 0; i < terms_.size(); ++i)
    if (terms_[i].use == use && keys_[counted_[i].key].of_node[index] < 0) return false;
  return true;
}

Verdict Topology::filter(uint32_t index, const NodeInfo&) const {
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Term& term = terms_[i];
    if (term.use != Use::SpreadHard) continue;
    const int32_t value = keys_[counted_[i].key].of_node[index];
    if (value < 0) return {kSpreadLabel, {}};
    const Counted::Domain& here = counted_[i].domains[static_cast<size_t>(value)];
    if (here.pods + term.matches_self - counted_[i].least > term.max_skew) return {kSpread, {}};
  }
  // Required affinity: all terms at once. The first of a group that loves itself may start anywhere.
  bool affine = true, first_of_all = true, any = false;
  for (size_t i = 0; i < terms_.size(); ++i) {
    if (terms_[i].use != Use::Affinity) continue;
    any = true;
    if (!counted_[i].nodes[index].counted) return {kPodAffinity, {}};
    if (domain(counted_[i], index).pods == 0) affine = false;
    first_of_all &= counted_[i].total == 0 && terms_[i].matches_self;
  }
  if (any && !affine && !first_of_all) return {kPodAffinity, {}};
  for (size_t i = 0; i < terms_.size(); ++i) {
    if (terms_[i].use != Use::AntiAffinity) continue;
    if (counted_[i].nodes[index].counted && domain(counted_[i], index).pods > 0) return {kPodAntiAffinity, {}};
  }
  if (blocked_ == 0) return {};
  for (const Key& key : keys_)
    if (key.blocked > 0 && key.of_node[index] >= 0 && key.blocks[static_cast<size_t>(key.of_node[index])] > 0) return {kExistingAntiAffinity, {}};
  return {};
}

Topology::Raw Topology::score(uint32_t index, const NodeInfo&) const {
  Raw raw;
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Term& term = terms_[i];
    const bool counts = counted_[i].nodes[index].counted;
    if (term.use == Use::SpreadSoft) {
      if (!counts) {
        raw.spread_ignored = true;
        continue;
      }
      raw.spread += domain(counted_[i], index).pods * counted_[i].log_weight + (term.max_skew - 1) * 1000;
    } else if (term.use == Use::Preferred && counts) {
      raw.affinity += term.weight * domain(counted_[i], index).pods;
    }
  }
  raw.spread = (raw.spread + 500) / 1000;
  return raw;
}

}  // namespace orrery::scheduler
