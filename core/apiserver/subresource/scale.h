// Scale of the workloads that have replicas. Source: pkg/registry/apps/deployment/storage/storage.go (ScaleREST).
#pragma once

#include "core/api/gen/autoscaling_v1.h"
#include "core/api/object.h"

namespace orrery::apiserver {

// REQUIRES: a Deployment, ReplicaSet, StatefulSet or ReplicationController.
api::autoscaling_v1::Scale scale_of(const api::ObjectPtr& object);
void set_replicas(api::MutableObject& object, int32_t replicas);

}  // namespace orrery::apiserver
