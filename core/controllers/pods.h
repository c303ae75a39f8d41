// What several controllers ask about pods (pkg/api/v1/pod, pkg/controller/controller_utils.go).
#pragma once

#include <memory>
#include <vector>

#include "core/api/gen/core_v1.h"
#include "core/client/informer.h"
#include "core/client/plan.h"

namespace orrery::controllers {

using PodPtr = std::shared_ptr<const api::core_v1::Pod>;
using Pods = std::vector<PodPtr>;

// metav1.Time has whole seconds: what is stamped is cut to them.
WallTime stamp(WallTime now);

const api::core_v1::PodCondition* condition_of(const api::core_v1::Pod& pod, std::string_view type);
bool is_ready(const api::core_v1::Pod& pod);
WallTime ready_since(const api::core_v1::Pod& pod);  // unset when it isn't ready
// Ready for min_ready_s seconds.
bool is_available(const api::core_v1::Pod& pod, int32_t min_ready_s, WallTime now);
bool is_terminal(const api::core_v1::Pod& pod);      // Succeeded or Failed
bool is_active(const api::core_v1::Pod& pod);        // neither terminal nor being deleted
// When the first of these pods becomes available, from now; nothing when none is about to.
std::optional<Duration> until_available(const Pods& pods, int32_t min_ready_s, WallTime now);

Pods as_pods(const std::vector<api::ObjectPtr>& objects);

// Puts those to be deleted first at the front: unassigned, pending, not ready, cheaper to delete, crowded on their node,
// ready more recently, restarted more often, younger (upstream's ActivePodsWithRanks). `related` are the active pods of
// all sets with the same owner; they say how crowded a node is.
void rank_for_deletion(Pods& pods, const Pods& related, WallTime now);

// A pod of a template, owned by `owner`. Its name is made by the server from `prefix`-.
api::core_v1::Pod pod_from_template(const api::core_v1::PodTemplateSpec& tmpl, const api::meta_v1::OwnerReference& owner,
                                    const Str& ns, const Str& prefix);

// Indexes of pods.
void orphans_by_namespace(const api::ObjectPtr& object, std::vector<Str>& values);  // no controller
void by_label(const api::ObjectPtr& object, std::vector<Str>& values);              // label_value(ns, key, value) each
Str label_value(const Str& ns, const Str& key, const Str& value);
// Objects of a namespace that carry all of these labels; none for an empty selector. Needs the index by_label.
std::vector<api::ObjectPtr> objects_with_labels(const client::Informer& objects, const Str& ns,
                                                const Map<Str>& selector);

}  // namespace orrery::controllers
