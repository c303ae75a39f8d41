// Label selectors of API objects (metav1.LabelSelector and the plain maps of Services and nodeSelector).
#pragma once

#include "core/api/gen/meta_v1.h"

namespace orrery::controllers {

// As LabelSelectorAsSelector: an empty selector matches everything. An unknown operator matches nothing.
bool matches(const api::meta_v1::LabelSelector& selector, const Map<Str>& labels);
// A selector that is absent matches nothing.
bool matches(const Box<api::meta_v1::LabelSelector>& selector, const Map<Str>& labels);
// Every pair of `selector` stands in `labels`; an empty selector matches everything.
bool has_all(const Map<Str>& selector, const Map<Str>& labels);

}  // namespace orrery::controllers
