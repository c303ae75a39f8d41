// Labels and selectors as text. Source: apimachinery pkg/apis/meta/v1/helpers.go (FormatLabelSelector), pkg/labels.
#pragma once

#include <string>

#include "core/api/gen/meta_v1.h"

namespace orrery::api {

// "a=b,c=d"; empty text when there are none.
std::string labels_text(const Map<Str>& labels, std::string_view separator = ",");
// "app=web,tier in (a,b),!old"
std::string selector_text(const meta_v1::LabelSelector& selector);
inline std::string selector_text(const Box<meta_v1::LabelSelector>& selector) {
  return selector ? selector_text(*selector) : std::string();
}

}  // namespace orrery::api
