// Pods and pod templates. Source: pkg/apis/core/validation/validation.go.
#pragma once

#include "core/api/gen/core_v1.h"
#include "core/api/validation/meta.h"

namespace orrery::api::validation {

void check_pod(Errors& e, const core_v1::Pod& pod);
void check_pod_update(Errors& e, const core_v1::Pod& pod, const core_v1::Pod& old);
// Of /ephemeralcontainers, where the two differ in nothing else. Source: ValidatePodEphemeralContainersUpdate
void check_ephemeral_update(Errors& e, const core_v1::Pod& pod, const core_v1::Pod& old);
void check_pod_spec(Errors& e, const core_v1::PodSpec& spec, const Path& at);
void check_pod_template(Errors& e, const core_v1::PodTemplateSpec& t, const Path& at);

// Volumes that passed, by name: what mounts may refer to.
using VolumeNames = std::vector<std::string_view>;
VolumeNames check_volumes(Errors& e, const List<core_v1::Volume>& volumes, const Path& at);
void check_containers(Errors& e, const core_v1::PodSpec& spec, const VolumeNames& volumes, const Path& at);
void check_resources(Errors& e, const core_v1::ResourceRequirements& r, const Path& at);
void check_resource_amount(Errors& e, std::string_view resource, const Quantity& q, const Path& at);
void check_tolerations(Errors& e, const List<core_v1::Toleration>& tolerations, const Path& at);
void check_security_context(Errors& e, const core_v1::SecurityContext& s, const Path& at);
void check_port_or_name(Errors& e, const api::IntOrString& port, const Path& at);

}  // namespace orrery::api::validation
