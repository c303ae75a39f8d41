// The parts of a description that pods, pod templates and other kinds share.
#pragma once

#include "core/kubectl/describe/writer.h"

namespace orrery::kubectl {

// In a template names stand one blank further in, and there is no state.
enum class Place : uint8_t { Pod, Template };

void write_containers(Writer& w, Place place, std::string_view title, const nlohmann::json& containers,
                      const nlohmann::json& statuses);
void write_volumes(Writer& w, Place place, const nlohmann::json& volumes);
// "Type:" and what follows, of a pod's volume or a PersistentVolume's source; "<unknown>" of kinds that kubectl doesn't know.
void write_volume_source(Writer& w, const nlohmann::json& source);
void write_pod_template(Writer& w, const nlohmann::json& pod_template);
// Conditions with two times: the last transition and the one named `seen` ("LastHeartbeatTime"), read from `path` of each.
void write_dated_conditions(Writer& w, const nlohmann::json& conditions, const char* seen, const char* path);
// "RWO,RWX" (kubectl pkg/util/storage)
std::string access_modes(const nlohmann::json& modes);
// What a claim or volume says of its class, in its spec or the old annotation.
std::string storage_class_of(const nlohmann::json& object);

}  // namespace orrery::kubectl
