// metadata.managedFields as sets by manager.
#pragma once

#include <map>

#include "core/api/apply/field_set.h"
#include "core/api/gen/meta_v1.h"
#include "core/base/str_pool.h"

namespace orrery::api {

struct ManagerId {
  Str name;
  bool applies = false;  // operation Apply, else Update
  Str api_version;       // of Update managers alone
  Str subresource;
  friend bool operator==(const ManagerId&, const ManagerId&) = default;
  friend std::strong_ordering operator<=>(const ManagerId&, const ManagerId&) = default;
};

struct ManagerEntry {
  FieldSet fields;
  Str api_version;
  WallTime time;
};

using Managers = std::map<ManagerId, ManagerEntry>;

// Entries that can't be read are left out.
Managers read_managers(const List<meta_v1::ManagedFieldsEntry>& entries);
// Sorted as Kubernetes sorts them: Apply first, then by time and name. `as_they_are` joins entries that were not read.
List<meta_v1::ManagedFieldsEntry> write_managers(const Managers& managers,
                                                 std::vector<meta_v1::ManagedFieldsEntry> as_they_are = {},
                                                 StrPool* pool = nullptr);
// `"kubectl" with subresource "status" using v1`
std::string manager_text(const ManagerId& id);
// Fields that nobody owns: apiVersion, kind, names, times, resourceVersion and their like.
void strip_meta(FieldSet& fields);

}  // namespace orrery::api
