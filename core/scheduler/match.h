// Tolerations, node selectors and label selectors (component-helpers scheduling/corev1).
#pragma once

#include "core/api/gen/core_v1.h"

namespace orrery::scheduler {

bool tolerated(const api::core_v1::Taint& taint, const List<api::core_v1::Toleration>& tolerations);
bool matches(const api::meta_v1::LabelSelector& selector, const Map<Str>& labels);
// Both lists of the term; an empty term matches nothing.
bool matches(const api::core_v1::NodeSelectorTerm& term, const api::core_v1::Node& node);
bool matches_required_affinity(const api::core_v1::Pod& pod, const api::core_v1::Node& node);

}  // namespace orrery::scheduler
