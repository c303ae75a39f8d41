// Label selectors, tolerations and node selectors, as several components match them
// (apimachinery meta/v1 helpers, component-helpers scheduling/corev1).
#pragma once

#include "core/api/gen/core_v1.h"

namespace orrery::client {

bool tolerated(const api::core_v1::Taint& taint, const List<api::core_v1::Toleration>& tolerations);
// As LabelSelectorAsSelector: an empty selector matches everything. An unknown operator matches nothing.
bool matches(const api::meta_v1::LabelSelector& selector, const Map<Str>& labels);
// A selector that is absent matches nothing.
bool matches(const Box<api::meta_v1::LabelSelector>& selector, const Map<Str>& labels);
// Every pair of `selector` stands in `labels`; an empty selector matches everything.
bool has_all(const Map<Str>& selector, const Map<Str>& labels);
bool tolerates(const api::core_v1::Toleration& toleration, const api::core_v1::Taint& taint);
// Both lists of the term; an empty term matches nothing.
bool matches(const api::core_v1::NodeSelectorTerm& term, const api::core_v1::Node& node);
bool matches_required_affinity(const api::core_v1::Pod& pod, const api::core_v1::Node& node);

}  // namespace orrery::client
