// CustomKinds: what the established CustomResourceDefinitions serve, beside the kinds that are built in.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/api/custom/custom_type.h"

namespace orrery::apiserver {

class CustomKinds {
 public:
  using Definition = api::CustomType::Definition;
  using TypePtr = std::shared_ptr<const api::CustomType>;

  TypePtr find(std::string_view group, std::string_view version, std::string_view plural) const;
  // By group and resource; the versions of a kind by priority, the preferred one first.
  std::vector<TypePtr> all() const;
  // Of one definition; empty when it isn't installed.
  std::vector<TypePtr> of(const Str& name) const;
  // Takes an established definition's served versions. False when they are what they were.
  bool install(const std::shared_ptr<const Definition>& definition);
  bool remove(const Str& name) { return entries_.erase(name) > 0; }

 private:
  struct Entry {
    std::shared_ptr<const Definition> definition;
    std::vector<TypePtr> versions;
  };
  std::map<Str, Entry> entries_;
};

// v2 before v1 before v1beta2 before v1beta1 before v1alpha1, then the others by name.
// Source: apimachinery pkg/version/helpers.go (CompareKubeAwareVersionStrings)
bool version_before(std::string_view a, std::string_view b);

}  // namespace orrery::apiserver
