// API objects as the view model sees them. Pure functions.
#pragma once

#include "core/api/gen/apps_v1.h"
#include "core/api/gen/batch_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/ports/trace.h"
#include "playground/viewmodel/cluster_model.h"

namespace orrery::app {

viewmodel::Pod view_of(const api::core_v1::Pod& pod);
viewmodel::Node view_of(const api::core_v1::Node& node);
viewmodel::Event view_of(const api::core_v1::Event& event);
viewmodel::Workload view_of(const api::apps_v1::Deployment& deployment);
viewmodel::Workload view_of(const api::apps_v1::ReplicaSet& set);
viewmodel::Workload view_of(const api::apps_v1::StatefulSet& set);
viewmodel::Workload view_of(const api::apps_v1::DaemonSet& set);
viewmodel::Workload view_of(const api::batch_v1::Job& job);
viewmodel::Workload view_of(const api::batch_v1::CronJob& job);
// `start` is what the wall clock showed when the loop's clock stood at zero.
viewmodel::Trace view_of(const ports::TraceRecord& record, WallTime start);

// What `kubectl get pods` prints under STATUS (printers' printPod).
std::string pod_status(const api::core_v1::Pod& pod);

}  // namespace orrery::app
