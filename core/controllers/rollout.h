// Arithmetic and bookkeeping of Deployment rollouts (pkg/controller/deployment/util). Pure.
#pragma once

#include <vector>

#include "core/api/gen/apps_v1.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

using api::apps_v1::Deployment;
using api::apps_v1::DeploymentCondition;
using api::apps_v1::DeploymentStatus;
using api::apps_v1::ReplicaSet;

inline constexpr const char* kRevision = "deployment.kubernetes.io/revision";
inline constexpr const char* kRevisionHistory = "deployment.kubernetes.io/revision-history";
inline constexpr const char* kDesiredReplicas = "deployment.kubernetes.io/desired-replicas";
inline constexpr const char* kMaxReplicas = "deployment.kubernetes.io/max-replicas";
inline constexpr const char* kTemplateHash = "pod-template-hash";

// A number, or a percentage of `total`. Anything malformed counts as 0.
int32_t scaled_value(const api::IntOrString& value, int32_t total, bool round_up);
bool is_rolling_update(const Deployment& d);
int32_t replicas_of(const Deployment& d);
// 0 for Recreate. If both round to 0, one pod may be unavailable.
int32_t max_surge(const Deployment& d);
int32_t max_unavailable(const Deployment& d);
bool has_progress_deadline(const Deployment& d);
bool has_history_limit(const Deployment& d);

// The templates are equal but for the pod-template-hash label.
bool same_template(const api::core_v1::PodTemplateSpec& a, const api::core_v1::PodTemplateSpec& b);
Str template_hash(const api::core_v1::PodTemplateSpec& tmpl, std::optional<int32_t> collisions);
int64_t revision_number(const api::meta_v1::ObjectMeta& meta);  // annotation kRevision, 0 when absent

const DeploymentCondition* find_condition(const DeploymentStatus& status, std::string_view type);
DeploymentCondition make_condition(Str type, Str status, Str reason, Str message, WallTime now);
// Keeps the old one when status and reason are the same, and its transition time when the status is.
void set_condition(DeploymentStatus& status, DeploymentCondition condition);
void remove_condition(DeploymentStatus& status, std::string_view type);

bool is_complete(const Deployment& d, const DeploymentStatus& status);
bool is_progressing(const Deployment& d, const DeploymentStatus& status);
bool has_timed_out(const Deployment& d, const DeploymentStatus& status, WallTime now);

// Copies the deployment's annotations (but kubectl's and our own) and the revision, of which it keeps the history.
// True when something changed. `fresh`: the set is about to be created.
bool set_set_annotations(const Deployment& d, ReplicaSet& set, int64_t new_revision, bool fresh);
bool set_size_annotations(ReplicaSet& set, int32_t desired, int32_t max);

}  // namespace orrery::controllers
