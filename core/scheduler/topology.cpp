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

// 1000 * ln(n), by squaring in fixed point: the same on every machine.
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
  for (const Term& t : terms_) {
    scored_ |= t.use == Use::SpreadSoft || t.use == Use::Preferred;
    any_hard_ |= t.use != Use::SpreadSoft && t.use != Use::Preferred;
  }
  for (uint32_t i = 0; i < cluster.nodes().size(); ++i) refresh(i, cluster);
}

void Topology::refresh(uint32_t index, const Cluster& cluster) {
  const NodeInfo& node = cluster.nodes()[index];
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Term& term = terms_[i];
    Counted& counted = counted_[i];
    if (counted.nodes.size() < cluster.nodes().size()) counted.nodes.resize(cluster.nodes().size());
    PerNode& mine = counted.nodes[index];
    if (mine.counted) {
      auto domain = counted.domains.find(mine.value);
      domain->second.pods -= mine.count;
      counted.total -= mine.count;
      if (--domain->second.nodes == 0) counted.domains.erase(domain);
    }
    mine = {};
    const Str* value = node.node ? node.node->metadata.labels.find(term.key) : nullptr;
    if (!value) continue;
    bool spread = term.use == Use::SpreadHard || term.use == Use::SpreadSoft;
    if (spread) {
      if (term.honor_affinity && !client::matches_required_affinity(*pod_.pod, *node.node)) continue;
      if (term.honor_taints && !filter_taints(pod_, node).fits()) continue;
    }
    mine.counted = true;
    mine.value = *value;
    for (const auto& [key, other] : node.pods) {
      if (spread && other->pod->metadata.deletionTimestamp) continue;
      if (term.matches(*other->pod, cluster)) ++mine.count;
    }
    Counted::Domain& domain = counted.domains[mine.value];
    domain.pods += mine.count;
    domain.nodes += 1;
    counted.total += mine.count;
  }

  if (blocks_of_node_.size() < cluster.nodes().size()) blocks_of_node_.resize(cluster.nodes().size());
  for (const Block& block : blocks_of_node_[index])
    if (--blocked_[block] == 0) blocked_.erase(block);
  blocks_of_node_[index].clear();
  if (cluster.guarded().empty() || !node.node) return;
  for (const auto& [key, other] : node.pods) {
    const auto* affinity = other->pod->spec.affinity.get();
    if (!affinity || !affinity->podAntiAffinity) continue;
    for (const auto& t : affinity->podAntiAffinity->requiredDuringSchedulingIgnoredDuringExecution) {
      const Str* value = node.node->metadata.labels.find(t.topologyKey);
      if (!value || !affinity_term(t, *other->pod, Use::AntiAffinity).matches(*pod_.pod, cluster)) continue;
      blocks_of_node_[index].push_back({t.topologyKey, *value});
      ++blocked_[blocks_of_node_[index].back()];
    }
  }
}

void Topology::prepare() {
  for (size_t i = 0; i < terms_.size(); ++i) {
    Counted& counted = counted_[i];
    counted.least = INT64_MAX;
    for (const auto& [value, domain] : counted.domains) counted.least = std::min(counted.least, domain.pods);
    if (counted.domains.empty() || static_cast<int32_t>(counted.domains.size()) < terms_[i].min_domains)
      counted.least = 0;
    counted.log_weight = log_thousandths(counted.domains.size() + 2);
  }
}

Verdict Topology::filter(uint32_t index, const NodeInfo& node) const {
  Verdict verdict;
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Term& term = terms_[i];
    if (term.use != Use::SpreadHard) continue;
    const Str* value = node.node->metadata.labels.find(term.key);
    if (!value) return {kSpreadLabel, {}};
    auto domain = counted_[i].domains.find(*value);
    int64_t here = domain == counted_[i].domains.end() ? 0 : domain->second.pods;
    if (here + term.matches_self - counted_[i].least > term.max_skew) return {kSpread, {}};
  }
  // Required affinity: all terms at once. The first of a group that loves itself may start anywhere.
  bool affine = true, first_of_all = true, any = false;
  for (size_t i = 0; i < terms_.size(); ++i) {
    if (terms_[i].use != Use::Affinity) continue;
    any = true;
    const PerNode& mine = counted_[i].nodes[index];
    if (!mine.counted) return {kPodAffinity, {}};
    if (counted_[i].domains.at(mine.value).pods == 0) affine = false;
    first_of_all &= counted_[i].total == 0 && terms_[i].matches_self;
  }
  if (any && !affine && !first_of_all) return {kPodAffinity, {}};
  for (size_t i = 0; i < terms_.size(); ++i) {
    if (terms_[i].use != Use::AntiAffinity) continue;
    const PerNode& mine = counted_[i].nodes[index];
    if (mine.counted && counted_[i].domains.at(mine.value).pods > 0) return {kPodAntiAffinity, {}};
  }
  if (!blocked_.empty()) {
    for (const auto& [block, count] : blocked_) {
      const Str* value = node.node->metadata.labels.find(block.key);
      if (value && *value == block.value) return {kExistingAntiAffinity, {}};
      if (blocked_.size() > 8) break;  // many: looked up by value below
    }
    if (blocked_.size() > 8) {
      Str key;
      for (auto it = blocked_.begin(); it != blocked_.end(); it = blocked_.upper_bound(Block{key, Str("\xff")})) {
        key = it->first.key;
        const Str* value = node.node->metadata.labels.find(key);
        if (value && blocked_.count(Block{key, *value})) return {kExistingAntiAffinity, {}};
      }
    }
  }
  return verdict;
}

Topology::Raw Topology::score(uint32_t index, const NodeInfo&) const {
  Raw raw;
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Term& term = terms_[i];
    const PerNode& mine = counted_[i].nodes[index];
    if (term.use == Use::SpreadSoft) {
      if (!mine.counted) {
        raw.spread_ignored = true;
        continue;
      }
      raw.spread += counted_[i].domains.at(mine.value).pods * counted_[i].log_weight + (term.max_skew - 1) * 1000;
    } else if (term.use == Use::Preferred && mine.counted) {
      raw.affinity += term.weight * counted_[i].domains.at(mine.value).pods;
    }
  }
  raw.spread = (raw.spread + 500) / 1000;
  return raw;
}

}  // namespace orrery::scheduler
