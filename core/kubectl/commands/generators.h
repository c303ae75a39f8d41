// What the generators share. Internal to core/kubectl/commands.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/kubectl/commands/commands.h"

namespace orrery::kubectl {

// Creates the object, or prints it when the run is dry.
Step create_object(Context& c, nlohmann::json object, const char* manager = "kubectl-create");
// False, with what to answer in `step`, unless there is one word.
bool exactly_one(Context& c, const char* what, Step& step);

}  // namespace orrery::kubectl
