// Which lines of an edited manifest kubectl and the API server complain about.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace orrery::viewmodel {

struct ManifestError {
  std::size_t line = 0;  // from 1; 0: about no line
  std::string text;
  friend bool operator==(const ManifestError&, const ManifestError&) = default;
};

// The line of a field as the API writes its path: "spec.template.spec.containers[0].image", "metadata.labels[app]". A field
// that isn't there has the line of the nearest one around it; 0: not even that. Knows block style, as kubectl prints it.
std::size_t line_of_field(const std::string& yaml, const std::string& path);

// What `kubectl replace` or `apply` of `yaml` printed on standard error: unknown and duplicate fields, wrong types, invalid
// values, text that is no YAML; anything else as it stands, about no line. By line.
std::vector<ManifestError> manifest_errors(const std::string& yaml, const std::string& printed);

}  // namespace orrery::viewmodel
