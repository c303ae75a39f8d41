// KindInfo: what the API server serves - one row a resource, from core/api/types/kinds.tsv.
#pragma once

#include "core/api/reflect.h"

namespace orrery::api {

struct KindInfo {
  std::string_view group;        // "" for core
  std::string_view version;      // "v1"
  std::string_view kind;         // "Pod"
  std::string_view plural;       // "pods"
  std::string_view singular;     // "pod"
  std::string_view short_names;  // comma separated
  std::string_view categories;   // comma separated
  bool namespaced;
  std::string_view verbs;         // comma separated, in discovery's order
  std::string_view subresources;  // comma separated: "status,log,exec,binding,eviction:policy/v1:Eviction"
  const TypeDesc* type;
  const TypeDesc* list_type;
  std::string_view storage;            // key prefix when two resources share storage (events), else ""
  const CustomType* custom = nullptr;  // set for kinds that a CustomResourceDefinition declares
  // "apps/v1" or "v1": what stands in apiVersion.
  Str api_version() const { return group.empty() ? Str(version) : Str(cat(group, "/", version)); }
  bool has_subresource(std::string_view name) const;
};

struct KindTable {
  const KindInfo* begin_;
  const KindInfo* end_;
  const KindInfo* begin() const { return begin_; }
  const KindInfo* end() const { return end_; }
};
KindTable all_kinds();
const KindInfo* find_kind(std::string_view group, std::string_view version, std::string_view kind);
// "apps/v1", "Deployment"
const KindInfo* find_kind(std::string_view api_version, std::string_view kind);
const KindInfo* find_resource(std::string_view group, std::string_view version, std::string_view plural);
// The first row that serves this type.
const KindInfo* kind_of(const TypeDesc& type);
template <class T>
const KindInfo& kind() {
  static const KindInfo* const k = kind_of(desc<T>());  // the table never changes
  ORRERY_CHECK(k != nullptr, "the type is served");
  return *k;
}

}  // namespace orrery::api
