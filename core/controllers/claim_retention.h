// persistentVolumeClaimRetentionPolicy of a StatefulSet: who owns the claims made for it, so that the garbage collector
// deletes them with their owner. Source: pkg/controller/statefulset/stateful_set_utils.go
//   whenScaled Retain, whenDeleted Retain: nobody
//   whenScaled Retain, whenDeleted Delete: the set
//   whenScaled Delete, whenDeleted Retain: the pod, once it is to be scaled away
//   whenScaled Delete, whenDeleted Delete: the set, and instead of it the pod once that is to be scaled away
#pragma once

#include <optional>

#include "core/api/gen/apps_v1.h"
#include "core/api/gen/core_v1.h"

namespace orrery::controllers {

bool deletes_when_deleted(const api::apps_v1::StatefulSet& set);
bool deletes_when_scaled(const api::apps_v1::StatefulSet& set);

// The claim with the owners that the policy asks for; nothing when it has them, or when others own it: a set or pod of
// the same name that is gone, or another controller. `scaled_away`: the pod's number is beyond the set's replicas.
std::optional<api::core_v1::PersistentVolumeClaim> with_owner(const api::core_v1::PersistentVolumeClaim& claim,
                                                              const api::apps_v1::StatefulSet& set,
                                                              const api::core_v1::Pod& pod, bool scaled_away);

}  // namespace orrery::controllers
