// The parts of `describe` that pods and pod templates share.
#pragma once

#include "core/kubectl/describe_writer.h"

namespace orrery::kubectl {

void describe_pod(Writer& w, const nlohmann::json& pod, WallTime now);
// `statuses` may be empty (a template); `state` prints what each container does.
void write_containers(Writer& w, int indent, std::string_view title, const nlohmann::json& containers,
                      const nlohmann::json& statuses, bool state);
void write_volumes(Writer& w, int indent, const nlohmann::json& volumes);
void write_selectors(Writer& w, int indent, const nlohmann::json& spec);

}  // namespace orrery::kubectl
