#include "core/controllers/pods.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/client/match.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::core_v1::Pod;
using api::core_v1::PodCondition;

WallTime stamp(WallTime now) {
  constexpr int64_t kSecond = 1'000'000'000;
  if (!now.is_set()) return now;
  int64_t rest = now.ns % kSecond;
  return WallTime{now.ns - (rest < 0 ? rest + kSecond : rest)};
}

const PodCondition* condition_of(const Pod& pod, std::string_view type) {
  return pod.status.conditions.find_if([&](const PodCondition& c) { return c.type == type; });
}

bool is_ready(const Pod& pod) {
  const PodCondition* c = condition_of(pod, "Ready");
  return c && c->status == "True";
}

WallTime ready_since(const Pod& pod) {
  const PodCondition* c = condition_of(pod, "Ready");
  return c && c->status == "True" ? c->lastTransitionTime : WallTime{};
}

bool is_available(const Pod& pod, int32_t min_ready_s, WallTime now) {
  if (!is_ready(pod)) return false;
  if (min_ready_s <= 0) return true;
  WallTime since = ready_since(pod);
  return since.is_set() && since + seconds(min_ready_s) <= now;
}

bool is_terminal(const Pod& pod) { return pod.status.phase == "Succeeded" || pod.status.phase == "Failed"; }

bool is_active(const Pod& pod) { return !is_terminal(pod) && !pod.metadata.deletionTimestamp; }

std::optional<Duration> until_available(const Pods& pods, int32_t min_ready_s, WallTime now) {
  std::optional<Duration> first;
  if (min_ready_s <= 0) return first;
  for (const PodPtr& pod : pods) {
    WallTime since = ready_since(*pod);
    if (!since.is_set() || is_available(*pod, min_ready_s, now)) continue;
    Duration wait = since + seconds(min_ready_s) - now;
    if (!first || wait < *first) first = wait;
  }
  return first;
}

Pods as_pods(const std::vector<ObjectPtr>& objects) {
  Pods out;
  out.reserve(objects.size());
  for (const ObjectPtr& object : objects)
    if (PodPtr pod = object.get<Pod>()) out.push_back(std::move(pod));
  return out;
}

namespace {

int phase_rank(const Pod& pod) {
  if (pod.status.phase == "Pending" || pod.status.phase.empty()) return 0;
  if (pod.status.phase == "Unknown") return 1;
  return 2;
}

int32_t deletion_cost(const Pod& pod) {
  const Str* text = pod.metadata.annotations.find("controller.kubernetes.io/pod-deletion-cost");
  int64_t cost = 0;
  if (!text || !parse_int64(*text, cost) || cost > INT32_MAX || cost < INT32_MIN) return 0;
  return static_cast<int32_t>(cost);
}

// Ages in powers of two: pods of about one age count as equally old. Unset times are youngest.
int age_class(WallTime since, WallTime now) {
  if (!since.is_set()) return -2;
  int64_t age = (now - since).ns;
  int bits = -1;
  for (; age > 0; age >>= 1) ++bits;
  return bits;
}

struct Ranked {
  PodPtr pod;
  bool assigned;
  int phase;
  bool ready;
  int32_t cost;
  int crowd;
  int ready_age;
  int32_t restarts;
  int age;
};

int32_t restarts(const Pod& pod) {
  int32_t most = 0;
  for (const auto& c : pod.status.containerStatuses) most = std::max(most, c.restartCount);
  return most;
}

bool deleted_before(const Ranked& a, const Ranked& b) {
  if (a.assigned != b.assigned) return !a.assigned;
  if (a.phase != b.phase) return a.phase < b.phase;
  if (a.ready != b.ready) return !a.ready;
  if (a.cost != b.cost) return a.cost < b.cost;
  if (a.crowd != b.crowd) return a.crowd > b.crowd;
  if (a.ready_age != b.ready_age) return a.ready_age < b.ready_age;
  if (a.restarts != b.restarts) return a.restarts > b.restarts;
  if (a.age != b.age) return a.age < b.age;
  return a.pod->metadata.uid < b.pod->metadata.uid;
}

}  // namespace

void rank_for_deletion(Pods& pods, const Pods& related, WallTime now) {
  std::map<Str, int> on_node;
  for (const PodPtr& pod : related)
    if (is_active(*pod)) ++on_node[pod->spec.nodeName];
  std::vector<Ranked> ranked;
  for (PodPtr& pod : pods) {
    bool ready = is_ready(*pod);
    auto crowd = on_node.find(pod->spec.nodeName);
    ranked.push_back({pod, !pod->spec.nodeName.empty(), phase_rank(*pod), ready, deletion_cost(*pod),
                      crowd == on_node.end() ? 0 : crowd->second, ready ? age_class(ready_since(*pod), now) : 0,
                      restarts(*pod), age_class(pod->metadata.creationTimestamp, now)});
  }
  std::stable_sort(ranked.begin(), ranked.end(), deleted_before);
  for (size_t i = 0; i < pods.size(); ++i) pods[i] = ranked[i].pod;
}

Pod pod_from_template(const api::core_v1::PodTemplateSpec& tmpl, const api::meta_v1::OwnerReference& owner,
                      const Str& ns, const Str& prefix) {
  Pod pod;
  pod.metadata.namespace_ = ns;
  pod.metadata.generateName = cat(prefix, "-");
  pod.metadata.labels = tmpl.metadata.labels;
  pod.metadata.annotations = tmpl.metadata.annotations;
  pod.metadata.finalizers = tmpl.metadata.finalizers;
  pod.metadata.ownerReferences.push_back(owner);
  pod.spec = tmpl.spec;
  return pod;
}

void orphans_by_namespace(const ObjectPtr& object, std::vector<Str>& values) {
  if (!client::controller_of(object.meta())) values.push_back(object.meta().namespace_);
}

Str label_value(const Str& ns, const Str& key, const Str& value) { return cat_str(ns, "/", key, "=", value); }

void by_label(const ObjectPtr& object, std::vector<Str>& values) {
  const auto& meta = object.meta();
  for (const auto& [key, value] : meta.labels) values.push_back(label_value(meta.namespace_, key, value));
}

std::vector<ObjectPtr> objects_with_labels(const client::Informer& objects, const Str& ns, const Map<Str>& selector) {
  if (selector.empty()) return {};
  Str rarest;
  size_t least = SIZE_MAX;
  for (const auto& [key, value] : selector) {
    Str entry = label_value(ns, key, value);
    size_t n = objects.count(by_label, entry);
    if (n < least) least = n, rarest = entry;
  }
  std::vector<ObjectPtr> out = objects.lookup(by_label, rarest);
  if (selector.size() > 1)
    out.erase(std::remove_if(out.begin(), out.end(),
                             [&](const ObjectPtr& object) { return !client::has_all(selector, object.meta().labels); }),
              out.end());
  return out;
}

}  // namespace orrery::controllers
