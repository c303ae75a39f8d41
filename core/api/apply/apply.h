// Field ownership: metadata.managedFields for every write, and server-side apply.
// Sources: apimachinery util/managedfields/internal, structured-merge-diff merge/update.go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api/json.h"

namespace orrery::api {

inline constexpr size_t kUpdateManagersMax = 10;  // older ones are joined as "ancient-changes"

struct FieldManager {
  Str name;                          // ?fieldManager=; empty: "unknown"
  Str api_version;                   // of the request's resource: "apps/v1"
  Str subresource;                   // "status", "scale", or ""
  WallTime now;
  StrPool* pool = nullptr;           // for what managers own, which many objects say in the same words; may be null
  std::vector<std::string> ignored;  // fields that the request resets, dotted: {"status"} or {"spec", "metadata.labels"}
};

// Sets updated's managedFields after a create (live null), update or patch. `updated` holds the managedFields that the
// client sent: kept when it edits them, the live object's otherwise; one empty entry clears them.
void track_update(const ObjectPtr& live, MutableObject& updated, const FieldManager& manager);

struct Applied {
  ObjectPtr object;  // with managedFields, without defaults
  bool created = false;
};
// PATCH with application/apply-patch+yaml; live null creates. `config` is JSON or YAML.
// Errors: Conflict with causes of type FieldManagerConflict ("Apply failed with 1 conflict: conflict with "kubectl"
// using v1: .data.key"), unless force; BadRequest for a bad configuration.
Result<Applied> server_side_apply(const ObjectPtr& live, std::string_view config, const TypeDesc& type,
                                  const FieldManager& manager, bool force, DecodeNotes* notes = nullptr);

}  // namespace orrery::api
