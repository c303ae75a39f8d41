// Unquoted YAML scalars (go-yaml v2 resolve.go).
#pragma once

#include "core/api/yaml.h"

namespace orrery::api {

struct ResolvedScalar {
  YamlScalar kind = YamlScalar::String;
  bool boolean = false;
  bool is_unsigned = false;   // Int: in `large`
  int64_t number = 0;
  uint64_t large = 0;
  double real = 0;
};
ResolvedScalar resolve_yaml_scalar(std::string_view text);

}  // namespace orrery::api
