// ObjectMeta and label selectors. Sources: apimachinery api/validation/objectmeta.go, apis/meta/v1/validation.
#pragma once

#include "core/api/gen/meta_v1.h"
#include "core/api/validation/errors.h"
#include "core/api/validation/names.h"

namespace orrery::api::validation {

using NameRule = Problems (*)(std::string_view name);

void check_meta(Errors& e, const meta_v1::ObjectMeta& meta, bool namespaced, NameRule name, const Path& at);
void check_meta_update(Errors& e, const meta_v1::ObjectMeta& meta, const meta_v1::ObjectMeta& old, const Path& at);
void check_labels(Errors& e, const Map<Str>& labels, const Path& at);
void check_annotations(Errors& e, const Map<Str>& annotations, const Path& at);
void check_label_selector(Errors& e, const meta_v1::LabelSelector& selector, const Path& at);
// "field is immutable"
void check_immutable(Errors& e, bool same, const Value& value, const Path& at);

// A number or a percentage, not negative.
void int_or_percent(Errors& e, const IntOrString& v, const Path& at);

// As LabelSelectorAsSelector: absent matches nothing, an empty one everything.
bool selector_matches(const Box<meta_v1::LabelSelector>& selector, const Map<Str>& labels);
bool selector_is_empty(const meta_v1::LabelSelector& selector);

}  // namespace orrery::api::validation
