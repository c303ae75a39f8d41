// The three patches of any JSON: RFC 6902, RFC 7386, and Kubernetes' strategic merge, which follows the descriptors.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/api/json.h"

namespace orrery::api {

inline constexpr size_t kJsonPatchOperationsMax = 10'000;

// Errors are Invalid or BadRequest as the API server answers them.
Result<nlohmann::json> json_patch(nlohmann::json document, const nlohmann::json& patch);
nlohmann::json merge_patch(nlohmann::json document, const nlohmann::json& patch);
// Directives: $patch (replace, delete, merge), $deleteFromPrimitiveList/<field>, $setElementOrder/<field>, $retainKeys.
Result<nlohmann::json> strategic_merge_patch(const nlohmann::json& document, const nlohmann::json& patch,
                                             const TypeDesc& type);

enum class PatchType : uint8_t { Json, Merge, Strategic };
// From a Content-Type without parameters; false when it is none of these.
bool patch_type(std::string_view media_type, PatchType& out);

// Applies the patch's text to an object and decodes the result. `notes` collects unknown and duplicate fields of the
// patch and of its result. Defaults are not set.
Result<ObjectPtr> patch_object(const ObjectPtr& current, PatchType how, std::string_view patch,
                               DecodeNotes* notes = nullptr);

}  // namespace orrery::api
