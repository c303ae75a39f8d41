// How objects are shown: as themselves, as Tables or as their metadata alone.
#pragma once

#include "core/apiserver/call.h"

namespace orrery::apiserver {

// Turns the answer's object into what was asked for (Table, PartialObjectMetadata), as bytes.
void present(const CallRecord& call, Answer& answer, WallTime now);
// Appends one object in the form that was asked for, with apiVersion and kind. `head`: a Table names its columns.
void present_object(const CallRecord& call, const api::ObjectPtr& object, WallTime now, bool head, std::string& out);
// A list in parts: head, items, "]}".
std::string present_list_head(const CallRecord& call, const api::meta_v1::ListMeta& meta);
void present_list_item(const CallRecord& call, const api::ObjectPtr& object, WallTime now, bool first,
                       std::string& out);

}  // namespace orrery::apiserver
