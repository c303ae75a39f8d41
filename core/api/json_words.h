// Go's words for what is wrong in JSON text and for the Go types that Kubernetes names in its errors.
#pragma once

#include <string>
#include <string_view>

#include "core/api/reflect.h"

namespace orrery::api {

// `invalid character 'x' looking for beginning of value`, from where nlohmann's parser stopped and what it said.
std::string go_syntax_error(std::string_view text, size_t position, std::string_view what);

// "[]v1.Container" for a field of a type in core/v1; element: of one element or map value of it.
std::string go_type_name(const TypeDesc& owner, const Field& field, bool element);
// "v1.Pod"
std::string go_type_name(const TypeDesc& type);

}  // namespace orrery::api
