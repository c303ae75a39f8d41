// What changed between two objects of one type, as field paths (structured-merge-diff typed.Compare).
#pragma once

#include "core/api/apply/field_set.h"
#include "core/api/reflect.h"

namespace orrery::api {

struct Changes {
  FieldSet added, modified, removed;
  bool empty() const { return added.empty() && modified.empty() && removed.empty(); }
};
// Parts that share memory are skipped without looking.
Changes compare_objects(const TypeDesc& type, const void* before, const void* after);

}  // namespace orrery::api
