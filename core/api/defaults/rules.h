// The rules of defaults.h: one function a type, applied to every value of that type wherever it stands.
#pragma once

#include <vector>

#include "core/api/reflect.h"

namespace orrery::api::defaults {

struct Rule {
  const TypeDesc* type;
  void (*apply)(void* object);
};

template <class T, void (*Apply)(T&)>
Rule rule() {
  return {&desc<T>(), [](void* object) { Apply(*static_cast<T*>(object)); }};
}

template <class V, class D>
void set_if_unset(std::optional<V>& value, D otherwise) {
  if (!value) value = V(otherwise);
}
inline void set_if_empty(Str& value, const char* otherwise) {
  if (value.empty()) value = otherwise;
}

void add_core_rules(std::vector<Rule>& rules);
void add_workload_rules(std::vector<Rule>& rules);
void add_other_rules(std::vector<Rule>& rules);
void add_extension_rules(std::vector<Rule>& rules);

}  // namespace orrery::api::defaults
