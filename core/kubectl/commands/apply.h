// What `apply` sends, for the commands that do or foretell the same.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/kubectl/resources.h"

namespace orrery::kubectl {

// Keeps the object, as it is, in the annotation that tells the next apply what this one set.
void set_last_applied(nlohmann::json& object);
// What that annotation holds; null without one.
nlohmann::json last_applied(const nlohmann::json& live);
// From what the server has to the manifest: changed fields, and those that the last apply set and this one doesn't.
// Empty when nothing is to change.
nlohmann::json apply_patch(const ObjectRef& ref, const nlohmann::json& object, const nlohmann::json& live);
// The content type of such a patch for that kind.
const char* apply_patch_media(const api::KindInfo& kind);
// "?fieldManager=kubectl&force=..." of a server-side apply.
std::string server_apply_query(const Args& args);

}  // namespace orrery::kubectl
