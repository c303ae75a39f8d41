#include "core/scheduler/chooser.h"

#include <algorithm>
#include <optional>

namespace orrery::scheduler {

namespace {

constexpr int32_t kTaintWeight = 3, kAffinityWeight = 2, kSpreadWeight = 2, kPodAffinityWeight = 2;

struct Extremes {
  int64_t taints = 0, affinity = 0;                       // greatest
  int64_t spread_max = 0, spread_min = INT64_MAX;         // over nodes that have the keys
  int64_t pod_affinity_max = INT64_MIN, pod_affinity_min = INT64_MAX;
};

int32_t zones_of(const std::vector<uint32_t>& fitting, const Cluster& cluster) {
  std::vector<char> seen(cluster.zones().size(), 0);
  int32_t zones = 0;
  for (uint32_t index : fitting) {
    char& mark = seen[static_cast<size_t>(cluster.nodes()[index].zone)];
    zones += mark == 0;
    mark = 1;
  }
  return zones;
}

int64_t normalized_spread(const Topology::Raw& raw, const Extremes& e) {
  if (raw.spread_ignored) return 0;
  if (e.spread_max == 0) return kScoreMax;
  return kScoreMax * (e.spread_max + e.spread_min - raw.spread) / e.spread_max;
}

int64_t normalized_pod_affinity(const Topology::Raw& raw, const Extremes& e) {
  int64_t range = e.pod_affinity_max - e.pod_affinity_min;
  return range > 0 ? kScoreMax * (raw.affinity - e.pod_affinity_min) / range : 0;
}

void widen(Extremes& e, int64_t taints, int64_t affinity, const Topology::Raw& raw) {
  e.taints = std::max(e.taints, taints);
  e.affinity = std::max(e.affinity, affinity);
  if (!raw.spread_ignored) {
    e.spread_max = std::max(e.spread_max, raw.spread);
    e.spread_min = std::min(e.spread_min, raw.spread);
  }
  e.pod_affinity_max = std::max(e.pod_affinity_max, raw.affinity);
  e.pod_affinity_min = std::min(e.pod_affinity_min, raw.affinity);
}

}  // namespace

void Refusals::add(const Verdict& verdict, int32_t nodes) {
  for (const Str& reason : reasons_of(verdict)) by_reason[reason] += nodes;
  why |= verdict.why;
  (verdict.unresolvable() ? unresolvable : resolvable) += nodes;
}

void Refusals::refuse_everywhere(const Verdict& verdict, int32_t nodes) {
  everywhere = reasons_of(verdict).front();
  why = verdict.why;
  unresolvable = nodes;
}

bool Chooser::topological(const PodInfo& pod, const Cluster& cluster) {
  const auto& spec = pod.pod->spec;
  bool pods_matter = spec.affinity && (spec.affinity->podAffinity || spec.affinity->podAntiAffinity);
  return pods_matter || !spec.topologySpreadConstraints.empty() || !cluster.guarded().empty();
}

Box<api::meta_v1::LabelSelector> Chooser::default_group(const PodInfo& pod, const Cluster& cluster) {
  if (!pod.pod->spec.topologySpreadConstraints.empty()) return {};
  return cluster.groups().selector_of(*pod.pod);
}

Chooser::ClassKey Chooser::key_of(const PodInfo& pod, const Cluster& cluster) {
  const auto& spec = pod.pod->spec;
  ClassKey k;
  k.requests = pod.requests;
  k.score_cpu_m = pod.score_cpu_m;
  k.score_memory = pod.score_memory;
  k.best_effort = pod.best_effort;
  k.ports = pod.ports;
  k.images = pod.images;
  k.node_name = spec.nodeName;
  k.node_selector = spec.nodeSelector;
  k.affinity = spec.affinity;
  k.tolerations = spec.tolerations;
  k.spread = spec.topologySpreadConstraints;
  k.topological = topological(pod, cluster);
  if (k.topological) {
    k.ns = pod.pod->metadata.namespace_;
    k.labels = pod.pod->metadata.labels;
  }
  return k;
}

Chooser::Class& Chooser::class_of(const PodInfo& pod) {
  ClassKey key = key_of(pod, *cluster_);
  for (auto& c : classes_)
    if (c->key == key) {
      c->used = ++uses_;
      return *c;
    }
  if (classes_.size() >= kClassesMax) {
    auto oldest = std::min_element(classes_.begin(), classes_.end(),
                                   [](const auto& a, const auto& b) { return a->used < b->used; });
    classes_.erase(oldest);
  }
  classes_.push_back(std::make_unique<Class>());
  Class& c = *classes_.back();
  c.key = std::move(key);
  c.epoch = UINT64_MAX;
  c.used = ++uses_;
  return c;
}

void Chooser::count(Class& c, uint32_t index, int sign) {
  const Kept& k = c.nodes[index];
  if (!k.there || !k.verdict.fits()) return;
  c.fitting += sign;
  if (k.raw_taints != 0 || k.raw_affinity != 0) c.with_raw += sign;
  if (sign > 0) {
    c.by_total[k.total].set(index);
    c.fits.set(index);
    return;
  }
  c.fits.clear(index);
  auto bucket = c.by_total.find(k.total);
  bucket->second.clear(index);
  if (bucket->second.count() == 0) c.by_total.erase(bucket);
}

void Chooser::refresh_node(Class& c, const PodInfo& pod, uint32_t index) {
  count(c, index, -1);
  const NodeInfo& node = cluster_->nodes()[index];
  Kept& k = c.nodes[index];
  k = {};
  k.there = node.node != nullptr;
  if (!k.there) return;
  k.verdict = filter_node(pod, node);
  if (k.verdict.fits()) {
    for (const ScoreRule& rule : node_scores())
      if (rule.normalize == Normalize::None)
        k.total += static_cast<int32_t>(rule.run(pod, node, *cluster_)) * rule.weight;
    k.raw_taints = static_cast<int32_t>(score_taints(pod, node, *cluster_));
    k.raw_affinity = static_cast<int32_t>(score_node_affinity(pod, node, *cluster_));
  }
  count(c, index, +1);
}

// Empty while no node has one of the images.
std::vector<int64_t> Chooser::image_spread(const PodInfo& pod, const Cluster& cluster) {
  std::vector<int64_t> out;
  for (const Str& name : pod.images) {
    const Cluster::Image* image = cluster.image(name);
    if (image && out.empty()) out.push_back(cluster.node_count());
    if (!out.empty()) out.push_back(image ? image->nodes * (image->size + 1) : 0);
  }
  return out;
}

void Chooser::refresh(Class& c, const PodInfo& pod) {
  uint32_t n = static_cast<uint32_t>(cluster_->nodes().size());
  std::vector<int64_t> spread = image_spread(pod, *cluster_);
  if (c.epoch != cluster_->epoch() || c.read < cluster_->log_start() || c.spread != spread) {
    c.spread = std::move(spread);
    c.nodes.assign(n, {});
    c.by_total.clear();
    c.fits = {};
    c.fitting = c.with_raw = 0;
    for (uint32_t i = 0; i < n; ++i) refresh_node(c, pod, i);
    c.topology = c.key.topological ? std::make_unique<Topology>(pod, *cluster_) : nullptr;
  } else {
    c.nodes.resize(n);
    for (uint64_t at = c.read; at < cluster_->log_end(); ++at) {
      uint32_t index = cluster_->logged(at);
      refresh_node(c, pod, index);
      if (c.topology) c.topology->refresh(index, *cluster_);
    }
  }
  c.epoch = cluster_->epoch();
  c.read = cluster_->log_end();
}

Choice Chooser::choose(const PodInfo& pod, Rng& rng) {
  std::optional<VolumeCheck> checked;
  if (!pod.claims.empty()) checked.emplace(pod, *cluster_);
  const VolumeCheck* volumes = checked ? &*checked : nullptr;
  if (volumes && !volumes->everywhere().fits() && cluster_->node_count() > 0) {
    Choice choice;
    choice.refusals.refuse_everywhere(volumes->everywhere(), static_cast<int32_t>(cluster_->node_count()));
    return choice;
  }
  Class& c = class_of(pod);
  refresh(c, pod);
  bool topological = c.topology && !c.topology->trivial();
  const bool scan = topological || volumes || c.with_raw > 0;
  std::optional<DefaultSpread> spread;
  if (const auto alike = default_group(pod, *cluster_)) spread.emplace(pod, cluster_->alike(pod.pod->metadata.namespace_, *alike), *cluster_);
  Choice choice = scan     ? pick_by_scan(c, volumes, spread ? &*spread : nullptr, rng)
                  : spread ? pick_by_spread(c, *spread, rng)
                           : pick_by_total(c, rng);
  if (choice.node < 0) tell_refusals(c, volumes, choice);
  return choice;
}

// All scores that need normalisation are equal: the greatest kept sum wins.
Choice Chooser::pick_by_total(Class& c, Rng& rng) const {
  Choice choice;
  choice.fitting = c.fitting;
  if (c.by_total.empty()) return choice;
  const auto& [total, nodes] = *c.by_total.rbegin();
  choice.score = total + kScoreMax * kTaintWeight;
  choice.tied = nodes.count();
  int32_t drawn = choice.tied > 1 ? static_cast<int32_t>(rng.below(static_cast<uint64_t>(choice.tied))) : 0;
  choice.node = static_cast<int>(nodes.nth(drawn));
  return choice;
}

namespace {

bool common(const NodeSet& a, const NodeSet& b, const NodeSet* with, const NodeSet* without, size_t i, uint64_t& bits) {
  bits = a.word(i) & b.word(i) & (with ? with->word(i) : ~0ull) & (without ? ~without->word(i) : ~0ull);
  return bits != 0;
}

// Fitting nodes of one zone with as many pods of the group.
struct Alike {
  int64_t raw = 0;
  const NodeSet* zone = nullptr;
  const NodeSet* with = nullptr;     // these nodes only, if not null
  const NodeSet* without = nullptr;  // not these
  bool any_of(const NodeSet& nodes) const {
    uint64_t bits = 0;
    for (size_t i = 0; i < nodes.words(); ++i)
      if (common(nodes, *zone, with, without, i, bits)) return true;
    return false;
  }
};

std::vector<Alike> alike_of(const NodeSet& fits, const Cluster& cluster, DefaultSpread& spread, int32_t fitting) {
  std::vector<std::pair<int32_t, Alike>> present;  // by zone
  for (size_t z = 0; z < cluster.zones().size(); ++z)
    if (const Alike all{0, &cluster.zones()[z], nullptr, nullptr}; all.any_of(fits)) present.push_back({static_cast<int32_t>(z), all});
  spread.weigh(fitting, static_cast<int32_t>(present.size()));
  std::vector<Alike> out;
  const SpreadCounts::Group& group = spread.group();
  for (const auto& [zone, all] : present) {
    Alike none = all;
    none.without = &group.anywhere;
    none.raw = spread.raw(0, zone);
    if (none.any_of(fits)) out.push_back(none);
    for (const auto& [pods, nodes] : group.by_count) {
      Alike some = all;
      some.with = &nodes;
      some.raw = spread.raw(pods, zone);
      if (some.any_of(fits)) out.push_back(some);
    }
  }
  return out;
}

}  // namespace

Choice Chooser::pick_by_spread(Class& c, DefaultSpread& spread, Rng& rng) const {
  Choice choice;
  choice.fitting = c.fitting;
  if (c.by_total.empty()) return choice;
  std::vector<Alike> kinds = alike_of(c.fits, *cluster_, spread, c.fitting);
  // The best first, so that little of the rest has to be looked at. Total order: ties come in the order of zones and counts.
  std::stable_sort(kinds.begin(), kinds.end(), [](const Alike& a, const Alike& b) { return a.raw < b.raw; });
  Extremes e;
  for (const Alike& kind : kinds) widen(e, 0, 0, {kind.raw, false, 0});
  NodeSet best;
  choice.score = -1;
  for (const Alike& kind : kinds) {
    const int64_t normalized = normalized_spread({kind.raw, false, 0}, e) * kSpreadWeight + kScoreMax * kTaintWeight;
    for (auto it = c.by_total.rbegin(); it != c.by_total.rend() && it->first + normalized >= choice.score; ++it) {
      if (!kind.any_of(it->second)) continue;
      if (it->first + normalized > choice.score) best = {};
      choice.score = it->first + normalized;
      uint64_t bits = 0;
      for (size_t i = 0; i < it->second.words(); ++i)
        if (common(it->second, *kind.zone, kind.with, kind.without, i, bits)) best.set_word(i, best.word(i) | bits);
      break;
    }
  }
  choice.tied = best.count();
  const int32_t drawn = choice.tied > 1 ? static_cast<int32_t>(rng.below(static_cast<uint64_t>(choice.tied))) : 0;
  choice.node = static_cast<int>(best.nth(drawn));
  return choice;
}

Choice Chooser::pick_by_scan(Class& c, const VolumeCheck* volumes, DefaultSpread* spread, Rng& rng) const {
  Choice choice;
  const std::vector<NodeInfo>& nodes = cluster_->nodes();
  std::vector<uint32_t> fitting;
  std::vector<Topology::Raw> raws;
  Extremes e;
  bool topological = c.topology && !c.topology->trivial();
  if (topological) c.topology->prepare();
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const Kept& k = c.nodes[i];
    if (!k.there || !k.verdict.fits()) continue;
    if (volumes && !volumes->filter(nodes[i]).fits()) continue;
    if (topological && !c.topology->filter(i, nodes[i]).fits()) continue;
    fitting.push_back(i);
  }
  choice.fitting = static_cast<int32_t>(fitting.size());
  const bool by_terms = topological && c.topology->scores();
  if (by_terms) c.topology->weigh(fitting);
  if (spread) spread->weigh(choice.fitting, zones_of(fitting, *cluster_));
  for (uint32_t i : fitting) {
    raws.push_back(by_terms ? c.topology->score(i, nodes[i]) : Topology::Raw{});
    if (spread) raws.back().spread = spread->raw(spread->group().on(i), nodes[i].zone);
    widen(e, c.nodes[i].raw_taints, c.nodes[i].raw_affinity, raws.back());
  }
  const bool scores = by_terms || spread;
  std::vector<uint32_t> best;
  for (size_t n = 0; n < fitting.size(); ++n) {
    const Kept& k = c.nodes[fitting[n]];
    int64_t total = k.total + normalized(Normalize::Reverse, k.raw_taints, e.taints) * kTaintWeight +
                    normalized(Normalize::ToHundred, k.raw_affinity, e.affinity) * kAffinityWeight;
    if (scores)
      total += normalized_spread(raws[n], e) * kSpreadWeight + normalized_pod_affinity(raws[n], e) * kPodAffinityWeight;
    if (best.empty() || total > choice.score) {
      best.assign(1, fitting[n]);
      choice.score = total;
    } else if (total == choice.score) {
      best.push_back(fitting[n]);
    }
  }
  if (best.empty()) return choice;
  choice.tied = static_cast<int32_t>(best.size());
  choice.node = static_cast<int>(best.size() > 1 ? best[rng.below(best.size())] : best[0]);
  return choice;
}

void Chooser::tell_refusals(Class& c, const VolumeCheck* volumes, Choice& choice) const {
  const std::vector<NodeInfo>& nodes = cluster_->nodes();
  bool topological = c.topology && !c.topology->trivial();
  // Few verdicts differ: they are counted first, and worded once each.
  std::vector<std::pair<Verdict, int32_t>> counts;
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const Kept& k = c.nodes[i];
    if (!k.there) continue;
    Verdict verdict = k.verdict;
    if (verdict.fits() && volumes) verdict = volumes->filter(nodes[i]);
    if (verdict.fits() && topological) verdict = c.topology->filter(i, nodes[i]);
    if (verdict.fits()) continue;
    auto same = std::find_if(counts.begin(), counts.end(), [&verdict](const auto& n) { return n.first.why == verdict.why && n.first.resource == verdict.resource; });
    if (same == counts.end()) counts.push_back({std::move(verdict), 1});
    else ++same->second;
  }
  for (const auto& [verdict, n] : counts) choice.refusals.add(verdict, n);
}

std::vector<NodeReport> Chooser::explain(const PodInfo& pod) const {
  std::vector<NodeReport> out;
  Topology topology(pod, *cluster_);
  topology.prepare();
  const VolumeCheck volumes(pod, *cluster_);
  const std::vector<NodeInfo>& nodes = cluster_->nodes();
  std::vector<uint32_t> fitting, index;
  std::vector<Topology::Raw> raws;
  Extremes e;
  std::vector<int64_t> greatest(static_cast<size_t>(node_scores().end() - node_scores().begin()), 0);
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].node) continue;
    NodeReport report;
    report.node = nodes[i].name;
    report.verdict = volumes.everywhere().fits() ? filter_node(pod, nodes[i]) : volumes.everywhere();
    if (report.verdict.fits()) report.verdict = volumes.filter(nodes[i]);
    if (report.verdict.fits()) report.verdict = topology.filter(i, nodes[i]);
    index.push_back(i);
    if (report.verdict.fits()) {
      fitting.push_back(i);
      size_t r = 0;
      for (const ScoreRule& rule : node_scores()) {
        int64_t raw = rule.run(pod, nodes[i], *cluster_);
        greatest[r] = std::max(greatest[r], raw);
        ++r;
        report.scores.push_back({rule.name, raw, 0, rule.weight});
      }
    }
    out.push_back(std::move(report));
  }
  const auto alike = default_group(pod, *cluster_);
  SpreadCounts counts;
  std::optional<DefaultSpread> spread;
  if (alike) spread.emplace(pod, counts.group(pod.pod->metadata.namespace_, *alike, *cluster_), *cluster_);
  if (spread) spread->weigh(static_cast<int32_t>(fitting.size()), zones_of(fitting, *cluster_));
  topology.weigh(fitting);
  for (size_t n = 0; n < out.size(); ++n) {
    raws.emplace_back();
    if (!out[n].verdict.fits()) continue;
    raws.back() = topology.score(index[n], nodes[index[n]]);
    if (spread) raws.back().spread = spread->raw(spread->group().on(index[n]), nodes[index[n]].zone);
    widen(e, 0, 0, raws.back());
  }
  for (size_t n = 0; n < out.size(); ++n) {
    if (!out[n].verdict.fits()) continue;
    size_t r = 0;
    for (const ScoreRule& rule : node_scores()) {
      NodeReport::Score& score = out[n].scores[r];
      score.normalized = normalized(rule.normalize, score.raw, greatest[r]);
      ++r;
    }
    if (topology.scores() || spread) {
      out[n].scores.push_back({"PodTopologySpread", raws[n].spread, normalized_spread(raws[n], e), kSpreadWeight});
      out[n].scores.push_back({"InterPodAffinity", raws[n].affinity, normalized_pod_affinity(raws[n], e), kPodAffinityWeight});
    }
    for (const NodeReport::Score& score : out[n].scores) out[n].total += score.normalized * score.weight;
  }
  return out;
}

}  // namespace orrery::scheduler
