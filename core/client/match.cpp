#include "core/client/match.h"

#include "core/base/text.h"

namespace orrery::client {

using api::core_v1::Node;
using api::core_v1::NodeSelectorRequirement;
using api::core_v1::NodeSelectorTerm;
using api::core_v1::Taint;
using api::core_v1::Toleration;

namespace {

bool matches(const NodeSelectorRequirement& r, const Str* value) {
  if (r.operator_ == "In") return value && r.values.contains(*value);
  if (r.operator_ == "NotIn") return !value || !r.values.contains(*value);
  if (r.operator_ == "Exists") return value != nullptr;
  if (r.operator_ == "DoesNotExist") return value == nullptr;
  if (r.operator_ == "Gt" || r.operator_ == "Lt") {
    int64_t have = 0, limit = 0;
    if (!value || r.values.size() != 1 || !parse_int64(*value, have) || !parse_int64(r.values[0], limit)) return false;
    return r.operator_ == "Gt" ? have > limit : have < limit;
  }
  return false;
}

}  // namespace

bool tolerates(const Toleration& t, const Taint& taint) {
  if (!t.effect.empty() && !(t.effect == taint.effect)) return false;
  if (!t.key.empty() && !(t.key == taint.key)) return false;
  if (t.operator_ == "Exists") return true;
  if (t.operator_.empty() || t.operator_ == "Equal") return t.value == taint.value;
  int64_t have = 0, limit = 0;  // Lt and Gt: the taint's number against the toleration's
  if (!parse_int64(taint.value, have) || !parse_int64(t.value, limit)) return false;
  if (t.operator_ == "Lt") return have < limit;
  if (t.operator_ == "Gt") return have > limit;
  return false;
}

bool tolerated(const Taint& taint, const List<Toleration>& tolerations) {
  for (const Toleration& t : tolerations)
    if (tolerates(t, taint)) return true;
  return false;
}

bool has_all(const Map<Str>& selector, const Map<Str>& labels) {
  if (selector.same_block(labels)) return true;  // a template's and those of its pods
  for (const auto& [key, value] : selector) {
    const Str* have = labels.find(key);
    if (!have || !(*have == value)) return false;
  }
  return true;
}

bool matches(const api::meta_v1::LabelSelector& selector, const Map<Str>& labels) {
  if (!has_all(selector.matchLabels, labels)) return false;
  for (const auto& r : selector.matchExpressions) {
    const Str* have = labels.find(r.key);
    bool ok = r.operator_ == "In"             ? have && r.values.contains(*have)
              : r.operator_ == "NotIn"        ? !have || !r.values.contains(*have)
              : r.operator_ == "Exists"       ? have != nullptr
              : r.operator_ == "DoesNotExist" ? have == nullptr
                                              : false;
    if (!ok) return false;
  }
  return true;
}

bool matches(const Box<api::meta_v1::LabelSelector>& selector, const Map<Str>& labels) {
  return selector && matches(*selector, labels);
}

bool matches(const NodeSelectorTerm& term, const Node& node) {
  if (term.matchExpressions.empty() && term.matchFields.empty()) return false;
  for (const NodeSelectorRequirement& r : term.matchExpressions)
    if (!matches(r, node.metadata.labels.find(r.key))) return false;
  for (const NodeSelectorRequirement& r : term.matchFields)
    if (!(r.key == "metadata.name") || !matches(r, &node.metadata.name)) return false;
  return true;
}

bool matches_required_affinity(const api::core_v1::Pod& pod, const Node& node) {
  for (const auto& [key, value] : pod.spec.nodeSelector) {
    const Str* have = node.metadata.labels.find(key);
    if (!have || !(*have == value)) return false;
  }
  const auto& affinity = pod.spec.affinity;
  if (!affinity || !affinity->nodeAffinity) return true;
  const auto& required = affinity->nodeAffinity->requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return true;
  for (const NodeSelectorTerm& term : required->nodeSelectorTerms)
    if (matches(term, node)) return true;
  return false;
}

}  // namespace orrery::client
